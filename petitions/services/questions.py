"""A question of the body to the author; the answer's clock waits while the author has time to reply."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.models.case import Term
from petitions.models.casework import CaseQuestion
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_author
from petitions.queries.casework import open_question
from petitions.queries.pauses import forget_pauses
from petitions.queries.terms import computed_of, open_term
from petitions.services import cases
from petitions.services.casework import case_of
from petitions.services.deadlines import mark_late
from petitions.services.terms import set_date, start_term

LEAST_QUESTION = 20
LEAST_WHY = 10
LEAST_REPLY = 2
MOST = 4000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `private_because` says in public why the words are not; empty where they are."""

    text: str
    language: str
    private_because: str = ""


def ask_author(w: Work, petition_id: int, question: Question, version: int) -> CaseQuestion:
    """Ask the author; only a case's first question stops the answer's clock, so that nobody can ask for time.

    Refusals: `not-found` for officers of other bodies, `changed-meanwhile`, `not-now`; `question-too-short` and
    `text-long` on `text`, `language-unknown` on `language`, `why-too-short` on `private_because`.
    """
    petition = case_of(w, petition_id)
    cases.require_version(petition, version)
    _check(question)
    mark_late(w, petition)
    pauses = _pauses(w, petition)
    cases.move(w, petition, Action.ASK, Party.OFFICER)
    within = rules.tier_of(w, petition).response.question
    if within is None:
        raise Refusal("not-now")
    term = start_term(w, petition, TermKind.QUESTION, within.within, "asked")
    row = CaseQuestion(
        petition_id=petition.id,
        term_id=term.id,
        asked_at=w.now,
        text=question.text,
        language=question.language,
        private_because=question.private_because,
        pauses=pauses,
        account_id=w.actor.account_id,
    )
    w.session.add(row)
    w.session.flush()
    answer_due = _move_answer(w, petition, "question")
    record(w, "petition.ask", f"petition:{petition.id}", after={"question": row.id})
    facts = {"question": row.id, "reply_by": _iso(term.due_on), "answer_due": answer_due}
    announce(w, petition, Event.QUESTION_ASKED, why_private=question.private_because or None, **facts)
    return row


def reply_to_question(w: Work, petition_id: int, text: str) -> None:
    """The author's reply; the answer's clock runs on from the next day.

    Refusals: `not-found` for everybody but the author, `not-now` where nothing is asked, `reply-too-short` and
    `text-long` on `text`.
    """
    demand(w.actor, Permission.PETITION_WRITE)
    petition = require_author(w, w.session.get(Petition, petition_id))
    if len(text.strip()) < LEAST_REPLY:
        raise Refusal("reply-too-short", field="text")
    if len(text) > MOST:
        raise Refusal("text-long", field="text", most=MOST)
    row = open_question(w, petition.id)
    cases.move(w, petition, Action.EXPLAIN, Party.AUTHOR)
    if row is None:
        raise Refusal("not-now")
    row.reply, row.replied_at = text, w.now
    w.session.get_one(Term, row.term_id).met_on = w.today
    w.session.flush()
    answer_due = _move_answer(w, petition, "question_replied")
    announce(w, petition, Event.QUESTION_REPLIED, question=row.id, answer_due=answer_due)


def _check(question: Question) -> None:
    if len(question.text.strip()) < LEAST_QUESTION:
        raise Refusal("question-too-short", field="text", least=LEAST_QUESTION)
    if len(question.text) > MOST:
        raise Refusal("text-long", field="text", most=MOST)
    if question.language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")
    if question.private_because and len(question.private_because) < LEAST_WHY:
        raise Refusal("why-too-short", field="private_because", least=LEAST_WHY)


def _pauses(w: Work, petition: Petition) -> bool:
    """Whether this question stops the clock: the rulebook says so, and none did before for this body."""
    known = rules.tier_of(w, petition).response.question
    answer = open_term(w, petition.id, TermKind.ANSWER)
    if known is None or answer is None or not known.pauses_answer:
        return False
    paused = (
        CaseQuestion.petition_id == petition.id,
        CaseQuestion.pauses,
        CaseQuestion.asked_at >= petition.registered_at,
    )
    return not w.session.scalar(select(exists().where(*paused)))


def _move_answer(w: Work, petition: Petition, cause: str) -> str | None:
    """Compute the answer's date anew and keep the old one in its history; the date as the journal keeps it."""
    forget_pauses(w)
    term = open_term(w, petition.id, TermKind.ANSWER)
    if term is None:
        return None
    due_on = computed_of(w, term, petition).due
    if due_on != term.due_on:
        set_date(w, term, due_on, cause)
    return _iso(due_on)


def _iso(day: object) -> str | None:
    return day.isoformat() if hasattr(day, "isoformat") else None
