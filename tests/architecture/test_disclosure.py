"""Who can read contacts: the modules that open a signer's fields are these, and staff reach one of them only."""

import re
from pathlib import Path

from tests.architecture.test_sizes import ROOT, modules

# Mails, self-service by link, and the one service for staff; the factories of the demo only seal.
OPENERS = {
    "petitions/models/keys.py",
    "petitions/queries/signing.py",
    "petitions/notices/cases.py",
    "petitions/services/disclosure.py",
}
# `contact_of` of signatures is for mails and for the page of the manage link.
CONTACTS = {"petitions/queries/signing.py", "petitions/notices/signers.py"}
STAFF_PAGES = ("desk", "moderation", "admin", "data_desk", "keeping", "controlling", "casework", "stops_page")


def users_of(pattern: str) -> set[str]:
    return {str(p.relative_to(ROOT)) for p in modules() if re.search(pattern, p.read_text())}


def test_only_these_modules_open_a_signers_fields() -> None:
    assert users_of(r"\bopen_field\b") <= OPENERS | users_in_mails()
    assert users_of(r"petitions\.queries\.signing import[^\n]*\bcontact_of\b") <= CONTACTS
    assert users_of(r"\bunseal\(") <= {"core/crypto.py", "petitions/models/keys.py"}


def users_in_mails() -> set[str]:
    """Makers of mails may open the address that a mail goes to: they are in `notices` and make nothing else."""
    return {str(p.relative_to(ROOT)) for p in (ROOT / "petitions" / "notices").glob("*.py")}


def test_pages_of_staff_reach_contacts_through_the_disclosure_service_only() -> None:
    forbidden = re.compile(
        r"open_field|contact_key|identity_key|name_of|queries\.signing|queries import signing"
    )
    for path in (ROOT / "petitions" / "web").rglob("*.py"):
        if path.stem.startswith(STAFF_PAGES):
            assert not forbidden.search(path.read_text()), path.name
    doors = {"petitions/services/disclosure.py", "petitions/web/data_desk.py"}
    assert users_of(r"\bread_contact\b") == users_of(r"\bbegin_export\b") == doors
    assert users_of(r"disclosure import[^)]*\baddresses\b") == {"petitions/web/data_desk.py"}
    assert users_of(r"auth\.queries import[^\n]*\bmailboxes\b") == {"petitions/services/disclosure.py"}


def test_open_data_never_touches_a_key() -> None:
    for path in (Path(ROOT) / "opendata").rglob("*.py"):
        assert not re.search(r"models\.keys|open_field|contact_of|name_of", path.read_text()), path.name
