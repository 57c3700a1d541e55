"""Settings: frozen, typed, read once from the environment; every problem is listed at once."""

import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "DAUYS_"
KEY_FILE_NAME = "dauys.keys"
REQUIRED_CONTROLLER = ("person", "body", "address", "email", "phone")


class SettingsFault(Exception):
    """The settings cannot be used; `problems` names each one in a sentence of its own."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Dauys cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class Controller(BaseModel):
    """Who answers for the personal data: the named controller of the notices and of every footer."""

    model_config = ConfigDict(frozen=True)

    person: str = ""
    body: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    number: str = ""
    dpo: str = ""
    regulator: str = ""
    storage: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the required fields that are empty."""
        return tuple(name for name in REQUIRED_CONTROLLER if not getattr(self, name).strip())

    @property
    def named(self) -> bool:
        """Whether signing may open: all five required fields are there."""
        return not self.missing


class Settings(BaseModel):
    """All settings of Dauys; the environment variable of a field is `DAUYS_` and its name in capitals."""

    model_config = ConfigDict(frozen=True)

    env: Literal["development", "test", "production"] = "development"
    var_dir: Path = ROOT / "var"
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    key_file: Path | None = None
    base_url: str = "http://127.0.0.1:5000"
    mail_url: str = ""
    mail_from: str = "Dauys <no-reply@dauys.example>"
    redis_url: str = ""
    metrics_token: SecretStr = SecretStr("")
    rulebook: Path = ROOT / "rulebooks" / "kz-2026"
    trusted_proxies: int = Field(default=0, ge=0, le=9)
    four_eyes: Literal["required", "off"] = "required"
    controller: Controller = Field(default_factory=Controller)

    @field_validator("base_url")
    @classmethod
    def _has_scheme(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _has_host_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if not parts.netloc or parts.path or parts.query:
            raise ValueError("must be a scheme and a host, such as https://petitions.example")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        return _matching(
            value, r"(sqlite:///|postgresql(\+psycopg)?://).+", "sqlite:///FILE or postgresql://..."
        )

    @field_validator("mail_url")
    @classmethod
    def _is_known_transport(cls, value: str) -> str:
        return _matching(
            value, r"smtps?://[^/]+.*|folder:.+|console:", "smtp://HOST, folder:PATH or console:"
        )

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        return _matching(value, r"(rediss?|unix)://.+", "redis://HOST")

    @field_validator("mail_from")
    @classmethod
    def _is_mailbox(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1]:
            raise ValueError("must be a mailbox, such as Dauys <no-reply@petitions.example>")
        return value

    @property
    def secure_cookies(self) -> bool:
        """Cookies are Secure exactly when the site is served over https."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Whether the main database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def rulebooks_dir(self) -> Path:
        """The folder whose rulebooks are shown side by side."""
        return self.rulebook.parent


def _matching(value: str, pattern: str, expected: str) -> str:
    if value and not re.fullmatch(pattern, value):
        raise ValueError(f"is not understood; expected {expected}")
    return value


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's), fill in defaults, refuse what is unsafe.

    Raises SettingsFault with every problem found.
    """
    env = dict(os.environ if environ is None else environ)
    problems = [f"{key} is not a setting of Dauys" for key in _unknown_keys(env)]
    try:
        settings = _read(env)
    except ValidationError as error:
        problems += [f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsFault(problems) from None
    settings = _with_defaults(settings)
    if settings.env == "production":
        problems += _unsafe(settings, env)
    if problems:
        raise SettingsFault(problems)
    return settings


def _read(env: dict[str, str]) -> Settings:
    names = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields if name != "controller"}
    values: dict[str, object] = {
        names[key]: value for key, value in env.items() if key in names and value != ""
    }
    controller = {n: env.get(f"{PREFIX}CONTROLLER_{n.upper()}", "") for n in Controller.model_fields}
    return Settings.model_validate({**values, "controller": Controller.model_validate(controller)})


def _unknown_keys(env: dict[str, str]) -> list[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "controller"}
    known |= {f"{PREFIX}CONTROLLER_{name.upper()}" for name in Controller.model_fields}
    return sorted(key for key in env if key.startswith(PREFIX) and key not in known)


def _with_defaults(settings: Settings) -> Settings:
    given = {
        "database_url": settings.database_url or f"sqlite:///{settings.var_dir / 'dauys.sqlite3'}",
        "key_file": settings.key_file or settings.var_dir / KEY_FILE_NAME,
        "mail_url": settings.mail_url or f"folder:{settings.var_dir / 'mail'}",
    }
    if not settings.secret_key.get_secret_value() and settings.env != "production":
        given["secret_key"] = SecretStr(_development_secret(settings.var_dir))
    return settings.model_copy(update=given)


def _development_secret(var_dir: Path) -> str:
    path = var_dir / "secret"
    if not path.exists():
        var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _unsafe(settings: Settings, env: dict[str, str]) -> list[str]:
    problems = [f"{PREFIX}CONTROLLER_{name.upper()} is required" for name in settings.controller.missing]
    if len(settings.secret_key.get_secret_value()) < 32:
        problems.append(f"{PREFIX}SECRET_KEY is required, with at least 32 characters")
    if not env.get(f"{PREFIX}KEY_FILE"):
        problems.append(f"{PREFIX}KEY_FILE is required (make one with: flask --app app keys create)")
    elif settings.key_file is None or not settings.key_file.is_file():
        problems.append(f"{PREFIX}KEY_FILE does not exist: {settings.key_file}")
    return problems
