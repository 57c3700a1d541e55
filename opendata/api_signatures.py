"""The API's signatures of one petition: by day and by area, as the frozen tables have them."""

from flask import Response

from core.access import public
from core.i18n import N_
from core.work import reading
from opendata.api import bp
from opendata.parameters import Listed
from opendata.replies import many
from opendata.schemas_signatures import AreasOfPetition, DaysOfPetition, area_signatures, daily_signatures
from opendata.spec import described
from petitions.models.petition import Petition
from petitions.queries.access import require_listed
from petitions.queries.frozen import areas_of, days_of


@bp.get("/petitions/<id:petition_id>/signatures/daily")
@described(
    DaysOfPetition, Listed, 404, 410, tag="petitions", says=N_("Signatures of one petition, day by day")
)
@public
def signatures_daily(given: Listed, petition_id: int) -> Response:
    """The daily series of one petition, the oldest day first."""
    with reading() as w:
        require_listed(w.session.get(Petition, petition_id))
        items = [daily_signatures(row) for row in days_of(w, petition_id)]
    return many(DaysOfPetition(items=items, next=None), "api.signatures_daily", None, given)


@bp.get("/petitions/<id:petition_id>/signatures/areas")
@described(
    AreasOfPetition, Listed, 404, 410, tag="petitions", says=N_("Signatures of one petition, area by area")
)
@public
def signatures_areas(given: Listed, petition_id: int) -> Response:
    """The first-level areas of one petition, and the pool of what is not shown."""
    with reading() as w:
        require_listed(w.session.get(Petition, petition_id))
        items = [area_signatures(row) for row in areas_of(w, petition_id)]
    return many(AreasOfPetition(items=items, next=None), "api.signatures_areas", None, given)
