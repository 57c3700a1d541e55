"""Words for roles, for the state of a proposal, and for what the log of staff holds."""

from collections.abc import Mapping
from typing import Any

from auth.permissions import Role
from core.i18n import lazy

ROLES: Mapping[str, Any] = {
    Role.CITIZEN: lazy("Citizen"),
    Role.MODERATOR: lazy("Moderator"),
    Role.OFFICER: lazy("Officer of an authority"),
    Role.CONTROLLER: lazy("Controller of personal data"),
    Role.ADMINISTRATOR: lazy("Administrator"),
}
# The words of a state, and the tone of its tag.
STATES: Mapping[str, tuple[Any, str]] = {
    "waiting": (lazy("Waits for a second person"), "warning"),
    "agreed": (lazy("Agreed and done"), "success"),
    "alone": (lazy("Done by one person"), "neutral"),
    "declined": (lazy("Declined"), "danger"),
    "expired": (lazy("Not decided in time"), "muted"),
}
# An act without words here is shown by its code alone.
ACTIONS: Mapping[str, Any] = {
    "account:create": lazy("Account made on the host"),
    "account:close": lazy("Account of staff closed by its owner"),
    "account:disable": lazy("Account stopped"),
    "account:enable": lazy("Stopped account let in again"),
    "role:grant": lazy("Role given"),
    "role:revoke": lazy("Role taken away"),
    "factor:enrol": lazy("Second factor set up"),
    "factor:replace": lazy("Second factor replaced"),
    "factor:reset": lazy("Lost second factor forgotten"),
    "factor:recovery-codes": lazy("New recovery codes made"),
    "factor:recovery-code-used": lazy("Recovery code used"),
    "invitation:accept": lazy("Invitation accepted"),
    "proposal:make": lazy("Proposed to a second person"),
    "proposal:agree": lazy("Proposal agreed to"),
    "proposal:decline": lazy("Proposal declined"),
    "register:import": lazy("Register of areas and authorities changed"),
    "petition.register": lazy("Petition registered"),
    "petition.answer": lazy("Petition answered"),
    "petition.correct": lazy("Answer corrected"),
    "petition.reply": lazy("Ordinary reply given"),
    "petition.take_down": lazy("Petition taken down"),
    "petition.publish": lazy("Petition published"),
    "petition.refuse": lazy("Petition refused"),
    "petition.return": lazy("Petition returned for correction"),
}
