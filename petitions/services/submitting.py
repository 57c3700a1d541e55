"""From draft to joiners or to the check, back again while nobody has joined, and out by the author's hand."""

from auth.names import check_author_name
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain import texts
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State, open_to
from petitions.models.keys import create_keys
from petitions.models.petition import Petition, PetitionCount, PetitionKeys, PetitionText
from petitions.notices import announce
from petitions.queries import coauthors, rules
from petitions.services import cases
from petitions.services.drafts import addressee, owned, require_consent
from petitions.services.joining import ask_again
from petitions.services.screening import start_screening
from petitions.services.terms import cancel_terms, start_term


def submit(w: Work, petition_id: int, version: int) -> State:
    """Submit a draft: its text is frozen, and it looks for its joiners or goes to the check.

    Whoever had joined an earlier text is asked to confirm this one, and counts again only then.

    Refusals: those of `owned` and of `require_complete`, `not-your-move`.
    """
    refuse_if(w, Switch.NO_NEW_PETITIONS)
    petition = owned(w, petition_id, version)
    text = require_complete(w, petition)
    _take_author(w, petition)
    _freeze(w, petition, text)
    _prepare(w, petition)
    asked = ask_again(w, petition)
    with w.session.no_autoflush:
        state = cases.move(w, petition, Action.SUBMIT, Party.AUTHOR)
    petition.submitted_at = w.now
    announce(w, petition, Event.SUBMITTED, text=text.number, hash=text.hash)
    if state is State.GATHERING:
        _start_gathering(w, petition, asked)
    else:
        start_screening(w, petition, "submitted")
    return state


def require_complete(w: Work, petition: Petition) -> PetitionText:
    """The text of a draft in which nothing is missing.

    Refusals: `addressee-missing`, `authority-unknown`, `no-tier` on `authority`; `title-length` on `title`;
    `text-short`, `text-long` on `text`; `language-unknown`; `change-unsaid` on `reason`;
    `author-consent-missing`; the codes of `check_author_name` on `full_name`; `co-authors-open` while somebody
    who was invited has not answered.
    """
    addressee(w, rules.rulebook_of(w, petition), petition.authority or "")
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    texts.require_title(text.title)
    texts.require_text(text.markdown)
    texts.require_language(petition.language)
    if text.number > 1 and text.frozen_at is None and not text.reason:
        raise Refusal("change-unsaid", field="reason")
    check_author_name(require_consent(w).full_name)
    if coauthors.waiting(w, petition.id):
        raise Refusal("co-authors-open")
    return text


def revise(w: Work, petition_id: int, version: int) -> None:
    """Take a petition back into the drafts while nobody has joined it.

    Refusals: those of `owned`, `not-your-move`, `not-now` once somebody has.
    """
    petition = owned(w, petition_id, version)
    cases.move(w, petition, Action.REVISE, Party.AUTHOR)
    cancel_terms(w, petition)
    announce(w, petition, Event.REVISED)


def withdraw(w: Work, petition_id: int, version: int) -> None:
    """Withdraw a petition for good: its terms end; signatures that are not confirmed yet no longer count.

    Refusals: those of `owned`, `not-your-move` after the hand-over.
    """
    petition = owned(w, petition_id, version)
    cases.move(w, petition, Action.WITHDRAW, Party.AUTHOR)
    petition.ended_at = w.now
    cancel_terms(w, petition)
    announce(w, petition, Event.WITHDRAWN)


def lapse_startup(w: Work, petition: Petition) -> None:
    """End a petition that did not find its first joiners in time. Refusals: `not-your-move`, `not-now`."""
    cases.move(w, petition, Action.LAPSE, Party.SYSTEM)
    petition.ended_at = w.now
    cancel_terms(w, petition)
    announce(w, petition, Event.STARTUP_LAPSED)


def moves_open(w: Work, petition: Petition, party: Party) -> tuple[Action, ...]:
    """What the party may do with the case now: the buttons of its page."""
    return open_to(petition.state, party, cases.facts_of(w, petition))


def _take_author(w: Work, petition: Petition) -> None:
    author = require_consent(w)
    petition.author_name, petition.author_place = check_author_name(author.full_name), author.place


def _freeze(w: Work, petition: Petition, text: PetitionText) -> None:
    petition.title = text.title
    if text.frozen_at is None:
        text.frozen_at = w.now


def _prepare(w: Work, petition: Petition) -> None:
    if w.session.get(PetitionKeys, petition.id) is None:
        create_keys(w, petition.id)
    if w.session.get(PetitionCount, petition.id) is None:
        w.session.add(PetitionCount(petition_id=petition.id))


def _start_gathering(w: Work, petition: Petition, asked: int) -> None:
    startup = rules.tier_of(w, petition).startup
    if startup is not None:
        term = start_term(w, petition, TermKind.STARTUP, startup.within, "submitted")
        due_on = term.due_on.isoformat() if term.due_on else None
        event, facts = (Event.JOINERS_ASKED, {"asked": asked}) if asked else (Event.GATHERING_BEGUN, {})
        announce(w, petition, event, **facts, needed=startup.signatures, due_on=due_on)
