"""A correction makes a new version that those who joined are asked to confirm again; and reminders to the author."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.outbox import OutboxRow, sweep_broadcasts
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.deadlines import Standing, TermState
from petitions.domain.keeping import Kept
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.domain.reminding import BEFORE_AUTHOR, step_before
from petitions.jobs.reminders import sweep_reminders
from petitions.jobs.windows import sweep_windows
from petitions.models.case import JournalEntry, Term
from petitions.models.signature import SignatureState
from petitions.models.tokens import join_token
from petitions.queries.drafts import own_case
from petitions.services import tally
from petitions.services.cases import load
from petitions.services.drafts import choose_addressee, save_draft
from petitions.services.joining import join_petition
from petitions.services.retention import carry_out
from petitions.services.screening import begin_screening, decide
from petitions.services.signing import confirm_signature
from petitions.services.submitting import revise, submit, withdraw
from tests.accounts import mails as sent_mails
from tests.cases import events
from tests.factories import GOVERNMENT, a_moderator, some_signatures
from tests.signing import CONSENT, a_signer, confirm, counts, rows, token_of
from tests.writing import (
    JOINERS,
    REASON,
    TEXT,
    TITLE,
    moderator,
    petition,
    refused,
    state_of,
    submitted,
    version_of,
)


def mails() -> list[EmailMessage]:
    """Send everything that waits, broadcasts too, and read what was sent."""
    while sweep_broadcasts():
        pass
    return sent_mails()


def joined(number: int, mailbox: str) -> None:
    """Somebody joins by the private link and confirms."""
    known = {row.id for row in rows(number)}
    with work(ANYONE) as w:
        join_petition(w, number, join_token(w, number), a_signer(mailbox), CONSENT)
    [new] = [row for row in rows(number) if row.id not in known]
    confirm(new)


def returned(before: Callable[[int], None] = lambda _number: None) -> tuple[int, Actor]:
    """A petition that two people and many others joined, and that came back from the check."""
    number, author = submitted()
    for mailbox in ("dana@mail.example", "asan@mail.example"):
        joined(number, mailbox)
    before(number)
    some_signatures(number, JOINERS - 2)
    counts(number)
    with work(SYSTEM) as w:
        begin_screening(w, load(w, number))
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    return number, author


def corrected(number: int, author: Actor, **changes: str) -> State:
    """The author changes the text, says why, and submits it again."""
    words = {"markdown": TEXT + "\nТүзетілді.", "reason": "Жеке деректер алынды."} | changes
    with work(author) as w:
        save_draft(w, number, version_of(number), **words)
    with work(author) as w:
        return submit(w, number, version_of(number))


@pytest.mark.postgres_too
def test_a_corrected_text_asks_everybody_again(app: Flask) -> None:
    number, author = returned()
    before = rows(number)
    assert corrected(number, author) is State.GATHERING
    now = rows(number)
    assert [row.id for row in now] == [row.id for row in before], "the same people have the same rows"
    assert {row.state for row in now} == {SignatureState.PENDING} and {row.text_number for row in now} == {2}
    assert all(new.entry == old.entry + 1 for new, old in zip(now, before, strict=True))
    assert counts(number) == {"pending": JOINERS}
    assert events(number)[-2:] == ["submitted", "joiners_asked"]
    with reading(author) as w:
        case = own_case(w, number)
    assert (case.asked, case.joined, case.needed) == (JOINERS, 0, JOINERS)


def test_before_the_tally_has_folded_it_is_not_checked_with_the_old_number(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    sweep_windows()
    assert state_of(number) is State.GATHERING
    with refused("not-now"), work(SYSTEM) as w:
        begin_screening(w, load(w, number))


def test_who_confirms_counts_once_and_who_does_not_is_forgotten(app: Flask, clock: object) -> None:
    number, author = returned()
    corrected(number, author)
    sent = [mail for mail in mails() if "dana@" in mail["To"] or "asan@" in mail["To"]]
    assert len(sent) == 2, "one each"
    dana = next(row for row in rows(number) if row.joiner)
    confirm(dana)
    confirm(next(row for row in rows(number) if row.id == dana.id))
    assert counts(number) == {"counted": 1, "pending": JOINERS - 1}
    joined_again(number, "dana@mail.example")
    assert counts(number)["counted"] == 1 and len(rows(number)) == JOINERS, "one person, one signature"
    clock.now += timedelta(days=7)  # type: ignore[attr-defined]
    carry_out(Kept.UNCONFIRMED)
    assert counts(number) == {"counted": 1, "expired": JOINERS - 1}
    gone = [row for row in rows(number) if row.state is SignatureState.EXPIRED]
    assert all(row.name is None and row.contact is None for row in gone)


def joined_again(number: int, mailbox: str) -> None:
    """The same person fills in the form behind the private link once more."""
    with work(ANYONE) as w:
        join_petition(w, number, join_token(w, number), a_signer(mailbox), CONSENT)


def test_enough_confirmations_lead_to_the_check_and_only_they_are_signatures(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    some_signatures(number, JOINERS - 2)
    for row in [row for row in rows(number) if row.joiner]:
        confirm(row)
    counts(number)
    sweep_windows()
    assert state_of(number) is State.SCREENING
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.PUBLISH)
    assert counts(number) == {"counted": JOINERS, "pending": JOINERS - 2}
    assert state_of(number) is State.COLLECTING


def test_the_mail_names_no_petition_and_its_old_link_is_dead(app: Flask) -> None:
    number, author = returned()
    old = {row.id: token_of(row) for row in rows(number) if row.joiner}
    mails()
    corrected(number, author)
    [mail] = [mail for mail in mails() if "dana@" in mail["To"]]
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    said = "\n".join([*map(str, mail.values()), *parts])
    assert (
        TITLE not in said
        and "Түзетілді" not in said
        and f"/{number}/" not in said
        and "/petitions" not in said
    )
    assert "/signatures/confirm/" in said
    for token in old.values():
        with refused("signature-link-expired"), work(ANYONE) as w:
            confirm_signature(w, token)


def test_the_mail_goes_out_once_however_often_the_jobs_run(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    for _ in range(3):
        mails()
    with reading() as w:
        sent = select(func.count()).select_from(OutboxRow).where(OutboxRow.template == "joiner_again")
        assert w.session.scalar(sent) == JOINERS


def test_a_new_joiner_of_the_new_text_gets_only_their_own_mail(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    joined_again(number, "new@mail.example")
    assert len([mail for mail in mails() if "new@" in mail["To"]]) == 1


def test_the_same_text_asks_nobody(app: Flask) -> None:
    number, author = returned()
    with work(author) as w:
        assert submit(w, number, version_of(number)) is State.SCREENING
    assert counts(number) == {"counted": JOINERS}


def test_another_addressee_is_a_new_version_too(app: Flask) -> None:
    number, author = returned()
    with work(author) as w:
        choose_addressee(w, number, version_of(number), GOVERNMENT)
    assert petition(number).text_number == 2
    with refused("change-unsaid", "reason"), work(author) as w:
        submit(w, number, version_of(number))
    with work(author) as w:
        save_draft(w, number, version_of(number), reason="Бұл мәселені Үкімет шешеді.")
    with work(author) as w:
        assert submit(w, number, version_of(number)) is State.GATHERING
    assert {row.resident for row in rows(number)} == {True}, "everybody lives in the country"
    assert counts(number) == {"pending": JOINERS}


def test_a_second_correction_asks_once_more_and_nobody_is_asked_at_a_whim(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    with refused("not-now"), work(author) as w:
        revise(w, number, version_of(number))
    some_signatures(number, JOINERS)
    sweep_windows()
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    waiting = next(row for row in rows(number) if row.joiner)
    with refused("confirmation-over"), work(ANYONE) as w:
        confirm_signature(w, token_of(waiting))
    corrected(number, author, markdown=TEXT + "\nТағы да түзетілді.")
    assert {row.text_number for row in rows(number)} == {3}
    again = next(row for row in rows(number) if row.id == waiting.id)
    assert again.entry == waiting.entry + 1
    confirm(again)
    assert counts(number)["counted"] == 1


def test_an_old_corrected_petition_lapses_like_every_other(app: Flask, clock: object) -> None:
    number, author = returned()
    corrected(number, author)
    clock.now += timedelta(days=60)  # type: ignore[attr-defined]
    counts(number)
    sweep_windows()
    assert state_of(number) is State.LAPSED


# -- reminders


def reminded(number: int) -> list[JournalEntry]:
    """The reminders in the journal."""
    with reading() as w:
        mine = (JournalEntry.petition_id == number, JournalEntry.event == "startup_ending")
        found = list(w.session.scalars(select(JournalEntry).where(*mine).order_by(JournalEntry.id)))
        w.session.expunge_all()
        return found


def due_on(number: int) -> object:
    """The last day for first supporters."""
    with reading() as w:
        return w.session.scalar(select(Term.due_on).where(Term.petition_id == number))


@pytest.mark.postgres_too
def test_the_author_is_reminded_three_days_and_one_day_before_and_once_each(
    app: Flask, clock: object
) -> None:
    number, _author = submitted()
    some_signatures(number, 7)
    said = []
    for _day in range(40):
        for _again in range(2):
            sweep_reminders()
        said = [
            (entry.facts["step"], entry.facts["joined"], entry.facts["needed"]) for entry in reminded(number)
        ]
        clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    assert said == [("3", 7, JOINERS), ("1", 7, JOINERS)]
    with reading() as w:
        posted = select(func.count()).select_from(OutboxRow).where(OutboxRow.template == "case_author")
        assert w.session.scalar(posted) == 3, "the beginning and two reminders"


def test_after_days_of_silence_only_the_last_reminder_is_sent(app: Flask, clock: object) -> None:
    number, _author = submitted()
    while True:
        with reading() as w:
            if (due_on(number) - w.today).days <= 1:  # type: ignore[operator]
                break
        clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    sweep_reminders()
    assert [entry.facts["step"] for entry in reminded(number)] == ["1"]
    assert not reminded(number)[0].is_public


def test_who_has_withdrawn_or_gathered_enough_is_not_reminded(app: Flask, clock: object) -> None:
    gone, author = submitted()
    enough, _author = submitted()
    some_signatures(enough, JOINERS)
    with work(author) as w:
        withdraw(w, gone, version_of(gone))
    sweep_windows()
    for _day in range(40):
        sweep_reminders()
        clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    assert reminded(gone) == reminded(enough) == []


@pytest.mark.parametrize(
    ("left", "length", "step"),
    [(4, 20, None), (3, 20, "3"), (2, 20, "3"), (1, 20, "1"), (0, 20, "1"), (3, 3, None), (1, 1, None)],
)
def test_which_reminder_is_due(left: int, length: int, step: str | None) -> None:
    now = Standing(TermState.RUNNING, None, left, 0, None, False)
    assert step_before(now, length, BEFORE_AUTHOR) == step


def test_the_tally_fits_after_all_this(app: Flask) -> None:
    number, author = returned()
    corrected(number, author)
    with work(SYSTEM) as w:
        assert tally.check(w) == []
