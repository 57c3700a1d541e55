"""Referrals as everybody may see them: what was handed over, to whom, when; totals only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from authorities import queries as register
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.rulebook import Status
from petitions.domain.thresholds import ThresholdCertificate
from petitions.models.case import Referral
from petitions.models.petition import Petition, PetitionText
from petitions.queries import rules
from petitions.queries.access import require_listed
from petitions.queries.coauthors import CoAuthorRow, named_at
from petitions.queries.goals import goals_of
from petitions.queries.petitions import local_date
from petitions.queries.terms import latest_term

THRESHOLD, BELOW_THRESHOLD = "threshold", "below_threshold"


@dataclass(frozen=True, slots=True)
class ReferralView:
    """One hand-over. It names the author, as the petition does, and no signer; nobody's contact is in it.

    `certificate` is that of the milestone that obliges an answer: the first of the tier.
    """

    petition_id: int
    receipt: str
    kind: str
    title: str
    language: str
    markdown: str
    html: str
    text_number: int
    text_hash: str
    author_name: str
    co_authors: tuple[CoAuthorRow, ...]
    author_place_names: Mapping[str, str]
    authority: str
    authority_names: Mapping[str, str]
    counted: int
    certificate: ThresholdCertificate
    reached_on: date | None
    rulebook_id: str
    rulebook_titles: Mapping[str, str]
    proposal: bool
    legal_gap_texts: Mapping[str, str]
    opened_on: date | None
    closes_on: date | None
    handed_over_at: datetime
    registration_due: date | None
    registered_on: date | None
    registration_number: str | None

    @property
    def authority_name(self) -> str:
        """The addressed body in the reader's language."""
        return localised(self.authority_names)

    @property
    def author_place(self) -> str:
        """Where the author lives, in the reader's language; empty where it is not known."""
        return localised(self.author_place_names)

    @property
    def rulebook(self) -> str:
        """The rulebook's title in the reader's language, with its id."""
        return f"{localised(self.rulebook_titles)} ({self.rulebook_id})"

    @property
    def legal_gap(self) -> str:
        """What these signatures are not in law, in the reader's language; empty where there is no gap."""
        return localised(self.legal_gap_texts)

    @property
    def below_threshold(self) -> bool:
        """Whether the petition stayed below its threshold and is handed over for an ordinary reply."""
        return self.kind == BELOW_THRESHOLD


def referral_of(w: Work, petition: Petition) -> ReferralView | None:
    """The referral of a case, or None where nothing was handed over."""
    row = w.session.get(Referral, petition.id)
    if row is None:
        return None
    text = w.session.get_one(PetitionText, (petition.id, row.text_number))
    places = register.area_names(w, [petition.author_place or ""])
    bodies = register.authority_names(w, [petition.authority or ""])
    goal = goals_of(w, [petition.id])[petition.id][0]
    rulebook = rules.rulebook_of(w, petition)
    return ReferralView(
        petition_id=petition.id,
        receipt=row.receipt,
        kind=row.kind,
        title=text.title,
        language=petition.language,
        markdown=text.markdown,
        html=text.html,
        text_number=row.text_number,
        text_hash=row.text_hash,
        author_name=petition.author_name,
        co_authors=named_at(w, petition.id, row.handed_over_at),
        author_place_names=places.get(petition.author_place or "", {}),
        authority=petition.authority or "",
        authority_names=bodies.get(petition.authority or "", {}),
        counted=row.counted,
        certificate=goal.proof,
        reached_on=local_date(w, goal.reached_at or petition.reached_at),
        rulebook_id=rulebook.id,
        rulebook_titles=rulebook.title,
        proposal=rulebook.status is Status.PROPOSAL,
        legal_gap_texts=rulebook.identity.legal_gap or {},
        opened_on=local_date(w, petition.opened_at),
        closes_on=local_date(w, petition.closes_at),
        handed_over_at=row.handed_over_at,
        registration_due=_registration_due(w, petition),
        registered_on=local_date(w, row.registered_at),
        registration_number=row.registration_number,
    )


def listed_referral(w: Work, petition_id: int) -> ReferralView:
    """The referral for a stranger. Refusals: `not-found`; `gone` where the petition was taken down."""
    found = referral_of(w, require_listed(w.session.get(Petition, petition_id)))
    if found is None:
        raise Refusal("not-found")
    return found


def _registration_due(w: Work, petition: Petition) -> date | None:
    term = latest_term(w, petition.id, TermKind.REGISTRATION)
    return None if term is None else term.due_on
