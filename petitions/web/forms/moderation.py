"""The form of a moderator's decision."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectField

from core.forms import Form, language_choices, required, text_field
from core.i18n import lazy
from petitions.domain.lifecycle import Action
from petitions.domain.moderation import ACTIONS, REASON_MOST, Verdict
from petitions.queries.moderation import GroundRow
from petitions.services.term_acts import Reason
from petitions.web.forms.writing import version_field

LONGEST_WHY = 1_000
# So many grounds are read in one go; more are put behind what they are about.
FEW_GROUNDS = 8
# What a ground is about, for the eye of a moderator only; an unknown one is among "Other grounds".
SUBJECTS = (
    (
        lazy("Author, addressee, repetition"),
        {"anonymous-author", "no-addressee", "duplicate", "spam-or-duplicate"},
    ),
    (
        lazy("Harm to people, hatred, public order"),
        {
            "rights-and-freedoms", "order-morals-honour", "defence-and-extremism", "violence-or-hatred",
            "private-data", "guilt-in-open-case", "defamation-or-obscenity",
        },
    ),
    (
        lazy("Constitution, state and elections"),
        {
            "constitutional-foundations", "territory-and-border", "state-symbols", "state-language",
            "state-bodies", "appointments", "elections-and-parties", "treaty-obligations", "emergency-decisions",
        },
    ),
    (
        lazy("Courts, investigation and procedure"),
        {"justice-and-policing", "prosecution", "intelligence-and-guard", "procedural-law"},
    ),
)  # fmt: skip
OTHER = lazy("Other grounds")
VERDICTS = {
    Verdict.PUBLISH: (lazy("Publish"), lazy("It can be signed at once, and its threshold is fixed today.")),
    Verdict.RETURN: (
        lazy("Return for correction"),
        lazy("The author is told what to change and can submit it again. Those who joined stay."),
    ),
    Verdict.REFUSE: (
        lazy("Refuse"),
        lazy("Only on one of the grounds below. Ground and reasons become public."),
    ),
    Verdict.TAKE_DOWN: (
        lazy("Take down"),
        lazy("The text disappears for everybody. Ground and reasons become public. All its terms end."),
    ),
}


class DecisionForm(Form):
    """What is decided, on which ground, and why."""

    verdict = RadioField(lazy("Decision"), [required(lazy("Choose what you decide."))])
    ground = RadioField(lazy("Ground"), validate_choice=False)
    reason = text_field(lazy("Reasons"), max_length=REASON_MOST)
    version = version_field()

    def prepare(self, actions: Sequence[Action], grounds: Sequence[GroundRow]) -> "DecisionForm":
        """Offer what the life cycle lets a moderator do, and the rulebook's grounds with their articles."""
        self.verdict.choices = [
            (verdict.value, name, {"hint": hint})
            for verdict, (name, hint) in VERDICTS.items()
            if ACTIONS[verdict] in actions
        ]
        self.ground.choices = [(ground.id, ground.title, {"hint": ground.article}) for ground in grounds]
        return self

    def subjects(self) -> list[tuple[str, list[Any]]]:
        """The grounds by what they are about, in the rulebook's order; one nameless group where they are few."""
        choices = list(self.ground.iter_choices())
        if len(choices) <= FEW_GROUNDS:
            return [("", choices)]
        known = set().union(*(grounds for _name, grounds in SUBJECTS))
        groups = [(name, [c for c in choices if c.value in grounds]) for name, grounds in SUBJECTS]
        groups.append((OTHER, [c for c in choices if c.value not in known]))
        return [(str(name), members) for name, members in groups if members]

    def decision(self) -> tuple[Verdict, str, str]:
        """Verdict, ground and reasons for the use case; a ground without a refusal is left out."""
        verdict = Verdict(self.verdict.data)
        grounded = verdict in {Verdict.REFUSE, Verdict.TAKE_DOWN}
        return verdict, (self.ground.data or "") if grounded else "", self.reason.data or ""


class NoteReasonForm(Form):
    """Why a note of a body is hidden or shown again; the button says which."""

    reason = text_field(
        lazy("Reason, in words that everybody understands"),
        required(lazy("Write the reason.")),
        max_length=LONGEST_WHY,
    )
    language = SelectField(lazy("Language of the text"), choices=language_choices())
    act = HiddenField()

    @property
    def shows_again(self) -> bool:
        """Whether the note is to be shown again."""
        return self.act.data == "restore"

    def why(self) -> Reason:
        """The public reason."""
        return Reason(self.reason.data or "", self.language.data or "")
