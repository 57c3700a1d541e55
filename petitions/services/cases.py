"""The door through which every case changes its state."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm.exc import StaleDataError

from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.eligibility import SIGNABLE, signing_closed_because
from petitions.domain.events import Event
from petitions.domain.lifecycle import FOLLOWED, Action, Facts, Party, State, step
from petitions.domain.rulebook import HandOver, Tier, WhenLate
from petitions.models.case import Answer, JournalEntry
from petitions.models.petition import Petition, PetitionCount, RulebookVersion
from petitions.models.signature import TallyDelta
from petitions.queries import allowances, appeals_open, casework, coauthors, discussions, rules, updates
from petitions.queries.takedowns import standing_takedown
from petitions.queries.terms import open_term
from petitions.rulebooks import LoadedRulebook
from petitions.services.terms import is_over

# Where the last delta of the tally decides what can be done next.
UNFOLDED = (State.DRAFT, State.GATHERING)


def load(w: Work, petition_id: int) -> Petition:
    """The petition's row for a change. Refusal `not-found`."""
    petition = w.session.get(Petition, petition_id)
    if petition is None:
        raise Refusal("not-found")
    return petition


def move(w: Work, petition: Petition, action: Action, party: Party) -> State:
    """Take one step of the life cycle and store where the case then is.

    Refusals: `not-your-move`, `not-now`, `changed-meanwhile` where another hand was faster.
    """
    petition.state = step(petition.state, action, party, facts_of(w, petition))
    if petition.opened_at is not None and petition.closes_at is None and petition.state not in SIGNABLE:
        # An open stop held the window; the case has ended, and so has signing.
        petition.closes_at = w.now
    petition.changed_at = w.now
    flush(w)
    return petition.state


def flush(w: Work) -> None:
    """Write what has changed. Refusal `changed-meanwhile` where the row has another version by now."""
    try:
        w.session.flush()
    except StaleDataError as error:
        raise Refusal("changed-meanwhile") from error


def require_version(petition: Petition, version: int) -> None:
    """Refusal `changed-meanwhile` where a form was made from an older version of the case."""
    if petition.version != version:
        raise Refusal("changed-meanwhile")


def facts_of(w: Work, petition: Petition) -> Facts:
    """What the table's guards may ask of this case."""
    if petition.tier is None:
        return Facts()
    tier = rules.tier_of(w, petition)
    counted = _counted(w, petition)
    drafted = petition.state is State.DRAFT
    beside = coauthors.how_many(w, petition.id) if drafted else 0
    collection_over = is_over(w, petition, TermKind.COLLECTION)
    return Facts(
        may_invite=drafted and beside < coauthors.MOST,
        invitation_open=drafted and coauthors.waiting(w, petition.id),
        has_co_authors=beside > 0,
        needs_joiners=tier.startup is not None,
        has_joiners=counted > 0 or _asked_again(w, petition),
        joiners_met=tier.startup is not None and counted >= tier.startup.signatures,
        startup_over=is_over(w, petition, TermKind.STARTUP),
        screening_late=is_over(w, petition, TermKind.SCREENING),
        silence_publishes=tier.screening.when_late is WhenLate.PUBLISH,
        signing_open=_closed(w, petition) is None,
        frozen=petition.frozen_at is not None,
        threshold_met=petition.reached_at is not None,
        may_hand_over=tier.collection.hand_over is HandOver.ON_THRESHOLD or collection_over,
        collection_and_grace_over=_grace_over(w, petition, tier),
        registered=petition.registered_at is not None,
        registration_over=is_over(w, petition, TermKind.REGISTRATION),
        reply_owed=_reply_owed(w, petition),
        published=petition.opened_at is not None,
        end_moved=_end_moved(w, petition),
        may_extend=allowances.may_extend(w, petition),
        may_transfer=allowances.may_transfer(w, petition),
        may_ask=casework.may_ask(w, petition),
        question_open=casework.open_question(w, petition.id) is not None,
        may_discuss=discussions.may_discuss(w, petition),
        discussion_ahead=discussions.movable(w, petition.id) is not None,
        discussion_open=discussions.recordable(w, petition.id) is not None,
        has_minutes=discussions.has_minutes(w, petition.id),
        promise_open=bool(casework.open_promises(w, petition.id)),
        followers_reachable=updates.may_reach(w, petition),
        has_updates=petition.state in FOLLOWED and updates.written(w, petition.id)[0] > 0,
        **_appeal_facts(w, petition),
        taken_from=_taken_from(w, petition),
    )


def remember_rulebook(w: Work, loaded: LoadedRulebook) -> None:
    """Keep the text of a rulebook's version, so that later editions of the folder never move a case."""
    key = (loaded.rulebook.id, loaded.rulebook.version)
    if w.session.get(RulebookVersion, key) is None:
        row = RulebookVersion(rulebook=key[0], version=key[1], toml=loaded.toml, stored_at=w.now)
        w.session.add(row)
        w.session.flush()


def _taken_from(w: Work, petition: Petition) -> str:
    """Where a case that is taken down was before; empty for every other one."""
    down = standing_takedown(w, petition.id) if petition.state is State.TAKEN_DOWN else None
    return down.was.value if down else ""


def _appeal_facts(w: Work, petition: Petition) -> dict[str, bool]:
    """Where the appeal against a refusal stands; nothing for every other case."""
    if petition.state is not State.REFUSED:
        return {}
    filed, waits = appeals_open.filed_and_waiting(w, petition.id)
    over = is_over(w, petition, TermKind.APPEAL)
    runs = not filed and open_term(w, petition.id, TermKind.APPEAL) is not None
    return {
        "may_appeal": runs and not over,
        "appeal_unused": runs and over,
        "appeal_waits": waits,
        "appeal_late": waits and over,
    }


def _closed(w: Work, petition: Petition) -> str | None:
    frozen, opened = petition.frozen_at is not None, petition.opened_at
    return signing_closed_because(petition.state, petition.closes_at, w.now, frozen=frozen, opened_at=opened)


def _end_moved(w: Work, petition: Petition) -> bool:
    """Whether the window of a lapsed case runs again: a stop that was recorded later has moved its end."""
    if petition.state is not State.LAPSED:
        return False
    kind = TermKind.STARTUP if petition.opened_at is None else TermKind.COLLECTION
    return open_term(w, petition.id, kind) is not None and not is_over(w, petition, kind)


def _counted(w: Work, petition: Petition) -> int:
    """The total; before publication to the last delta, for a correction takes all joiners away at one stroke."""
    stored = select(PetitionCount.counted).where(PetitionCount.petition_id == petition.id).scalar_subquery()
    total = func.coalesce(stored, 0)
    if petition.state in UNFOLDED:
        deltas = select(func.sum(TallyDelta.counted)).where(TallyDelta.petition_id == petition.id)
        total = total + func.coalesce(deltas.scalar_subquery(), 0)
    return w.session.scalar(select(total)) or 0


def _asked_again(w: Work, petition: Petition) -> bool:
    """Whether people who had joined were asked to confirm a corrected text: they are not asked at the author's whim."""
    if petition.state is not State.GATHERING:
        return False
    asked = (JournalEntry.petition_id == petition.id, JournalEntry.event == Event.JOINERS_ASKED.value)
    return bool(w.session.scalar(select(exists().where(*asked))))


def _grace_over(w: Work, petition: Petition, tier: Tier) -> bool:
    if petition.closes_at is None:
        return False
    return w.now > petition.closes_at + tier.collection.confirm_grace.duration()


def _reply_owed(w: Work, petition: Petition) -> bool:
    if petition.state is not State.LAPSED or open_term(w, petition.id, TermKind.ORDINARY_REPLY) is None:
        return False
    query = select(Answer.id).where(Answer.petition_id == petition.id, Answer.kind == "reply").limit(1)
    return w.session.scalar(query) is None
