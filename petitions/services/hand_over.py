"""The end of collecting: hand-over to the addressed body, registration by the passing of time, and lapse."""

from datetime import date

from core.work import Work
from petitions.domain.calendar import ends_at, local_day
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.domain.rulebook import HandOver
from petitions.models.case import Referral, Term
from petitions.models.petition import Petition, PetitionCount, PetitionText
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.answers import reply_of
from petitions.queries.referrals import BELOW_THRESHOLD, THRESHOLD
from petitions.queries.terms import latest_term
from petitions.services import cases
from petitions.services.deadlines import settle_term
from petitions.services.terms import meet_term, start_term

CHECK_SIGNS = 4


def hand_over(w: Work, petition: Petition) -> Referral:
    """Hand a petition that reached its threshold to its addressee, with a receipt.

    The hand-over term counts from the day the threshold was reached (or from closing, where the rulebook hands
    over then); the body's registration is due on the same day. What is counted now is counted for good.
    Refusals: `not-now`, `not-your-move`, `changed-meanwhile`.
    """
    with w.session.no_autoflush:
        petition.handed_over_at = w.now
        cases.move(w, petition, Action.HAND_OVER, Party.SYSTEM)
    fact, day = _start_of_hand_over(w, petition)
    span = rules.tier_of(w, petition).response.hand_over
    referral = _refer(w, petition, THRESHOLD)
    # A hand-over that comes late is marked as this platform's own delay before it is met.
    settle_term(w, start_term(w, petition, TermKind.HAND_OVER, span, fact, on=day).id)
    registration = start_term(w, petition, TermKind.REGISTRATION, span, fact, on=day)
    meet_term(w, petition, TermKind.HAND_OVER)
    announce(
        w,
        petition,
        Event.HANDED_OVER,
        receipt=referral.receipt,
        counted=referral.counted,
        registration_due=_iso(registration.due_on),
    )
    return referral


def deem_registered(w: Work, petition: Petition) -> None:
    """Start the answer's clock without the body: it let the term of registration pass.

    The case counts as registered at the end of that term, and the answer term starts on its last day. The
    registration itself stays open and late. Refusals: `not-now`, `not-your-move`, `changed-meanwhile`.
    """
    cases.move(w, petition, Action.DEEM_REGISTERED, Party.SYSTEM)
    last_day = hand_over_ends(w, petition)
    petition.registered_at = ends_at(last_day, rules.rulebook_of(w, petition).timezone)
    referral = w.session.get_one(Referral, petition.id)
    referral.registered_at = petition.registered_at
    answer = start_answer_term(w, petition, last_day, "hand_over_end")
    announce(w, petition, Event.DEEMED_REGISTERED, on=last_day.isoformat(), answer_due=_iso(answer.due_on))


def lapse(w: Work, petition: Petition) -> None:
    """End a collection that stayed below its threshold; where the rulebook owes a reply, hand it over for that.

    The ordinary reply is counted from this hand-over. Refusals: `not-now`, `not-your-move`, `changed-meanwhile`.
    """
    with w.session.no_autoflush:
        petition.ended_at = w.now
        cases.move(w, petition, Action.LAPSE, Party.SYSTEM)
    end_collection(w, petition)
    reply_due = _hand_over_for_reply(w, petition)
    announce(
        w,
        petition,
        Event.LAPSED,
        counted=counted_now(w, petition),
        threshold=petition.threshold,
        reply_due=_iso(reply_due),
    )


def end_collection(w: Work, petition: Petition) -> Term | None:
    """Mark the window of signing as over: on its last day, or today where the case ended it earlier."""
    last_day = w.today
    if petition.closes_at is not None:
        last_day = local_day(petition.closes_at, rules.rulebook_of(w, petition).timezone)
    return meet_term(w, petition, TermKind.COLLECTION, on=min(last_day, w.today))


def start_answer_term(w: Work, petition: Petition, day: date, fact: str) -> Term:
    """Start the body's answer term on a day."""
    span = rules.tier_of(w, petition).response.answer
    return start_term(w, petition, TermKind.ANSWER, span, fact, on=day)


def hand_over_ends(w: Work, petition: Petition) -> date:
    """The last day of the hand-over term: the answer's clock starts on it at the latest."""
    term = latest_term(w, petition.id, TermKind.REGISTRATION)
    if term is None or term.due_on is None:
        return w.today
    return term.due_on


def counted_now(w: Work, petition: Petition) -> int:
    """The counted signatures of a case."""
    count = w.session.get(PetitionCount, petition.id)
    return count.counted if count else 0


def receipt_number(w: Work, petition_id: int) -> str:
    """A number that can be read out: year, case, and four signs that nobody can make up for another case."""
    plain = f"D-{w.today.year}-{petition_id:06d}"
    check = w.keys.blind_index("receipt", plain).hex()[:CHECK_SIGNS].upper()
    return f"{plain}-{check}"


def _start_of_hand_over(w: Work, petition: Petition) -> tuple[str, date]:
    timezone = rules.rulebook_of(w, petition).timezone
    reached = local_day(petition.reached_at or w.now, timezone)
    if rules.tier_of(w, petition).collection.hand_over is HandOver.ON_THRESHOLD or petition.closes_at is None:
        return "threshold_reached", reached
    return "closing", max(reached, local_day(petition.closes_at, timezone))


def _hand_over_for_reply(w: Work, petition: Petition) -> date | None:
    owed = rules.tier_of(w, petition).lapse
    # A case that a stop opened again may have had its ordinary reply already.
    if owed is None or reply_of(w, petition.id) is not None:
        return None
    petition.handed_over_at = w.now
    _refer(w, petition, BELOW_THRESHOLD)
    return start_term(w, petition, TermKind.ORDINARY_REPLY, owed.ordinary_reply, "handed_over").due_on


def _refer(w: Work, petition: Petition, kind: str) -> Referral:
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    referral = Referral(
        petition_id=petition.id,
        receipt=receipt_number(w, petition.id),
        kind=kind,
        handed_over_at=w.now,
        counted=counted_now(w, petition),
        text_number=text.number,
        text_hash=text.hash,
    )
    w.session.add(referral)
    w.session.flush()
    return referral


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
