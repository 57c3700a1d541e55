"""The register: areas with dated figures, and the bodies that petitions are addressed to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from authorities.names import folded_names
from core.db import Base, BigId, code_column

# Characters of an area's code.
LONGEST_CODE = 32


class Area(Base):
    """A place of the country's division; `path` lists the codes from the root down to it: `000/750/`."""

    __tablename__ = "areas"
    code: Mapped[str] = mapped_column(code_column(LONGEST_CODE), primary_key=True)
    parent: Mapped[str | None] = mapped_column(
        code_column(LONGEST_CODE), ForeignKey("areas.code"), index=True
    )
    kind: Mapped[str] = mapped_column(code_column())
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    level: Mapped[int]
    path: Mapped[str] = mapped_column(code_column(400), index=True)
    invented: Mapped[bool] = mapped_column(default=False)


class AreaFigure(Base):
    """The figures of an area as of a date; old ones stay with their dates. `more` holds decimals as text."""

    __tablename__ = "area_figures"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area: Mapped[str] = mapped_column(code_column(LONGEST_CODE), ForeignKey("areas.code"))
    as_of: Mapped[date] = mapped_column(Date)
    population: Mapped[int | None]
    electorate: Mapped[int | None]
    more: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    source: Mapped[str] = mapped_column(code_column(400))
    __table_args__ = (
        CheckConstraint("population >= 0", name="population"),
        CheckConstraint("electorate >= 0", name="electorate"),
        UniqueConstraint("area", "as_of"),
    )


class Authority(Base):
    """A body that answers petitions about its area; `search` is its names in one spelling, kept with them."""

    __tablename__ = "authorities"
    code: Mapped[str] = mapped_column(code_column(), primary_key=True)
    area: Mapped[str] = mapped_column(code_column(LONGEST_CODE), ForeignKey("areas.code"), index=True)
    branch: Mapped[str] = mapped_column(code_column(32))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    search: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(code_column(254))
    supervisor: Mapped[str | None] = mapped_column(code_column(), ForeignKey("authorities.code"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    @validates("names")
    def _keep_search(self, _key: str, names: Mapping[str, str]) -> Mapping[str, str]:
        self.search = folded_names(names)
        return names
