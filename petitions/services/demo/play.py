"""One story, played through the same use cases that people use, each at its own moment of the past."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil, floor
from pathlib import Path
from typing import Any

from sqlalchemy import select

from auth.permissions import Role
from core.work import SYSTEM, Actor, Work, at, kernel, reading, work
from petitions.domain.calendar import ends_at, local_day
from petitions.domain.lifecycle import Action, State
from petitions.domain.moderation import Verdict
from petitions.domain.thresholds import QUARTERS
from petitions.models.case import Term
from petitions.models.casework import CasePromise
from petitions.models.petition import Petition, PetitionCount
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries import rules
from petitions.services.answer_drafts import approve_answer, publish_checked, save_answer, send_to_check
from petitions.services.answering import AnswerDraft, register_petition
from petitions.services.deadlines import settle_term
from petitions.services.demo.checking import check
from petitions.services.demo.crowd import EARLY, RESIDENT_SHARE, Crowd
from petitions.services.demo.halting import hold, stop
from petitions.services.demo.telling import join_author, tell
from petitions.services.drafts import begin_draft, save_draft
from petitions.services.promises import Promise, ask_about, report_promise, say_kept
from petitions.services.screening import decide
from petitions.services.submitting import submit, withdraw
from petitions.services.term_acts import Reason, extend_answer
from petitions.services.windows import do_next

JOINING_DAYS = 12


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to one petition; numbers of days count back from today.

    `known` is false where the data of its signers are past the time for which they are kept.
    """

    state: str
    begun: float
    language: str
    authority: str
    author: int
    title: str
    text: str
    joiners: int = 0
    published: float = 0
    signatures: int = 0
    reached: float = 0
    registered: float = 0
    stopped: float = 0
    held: float = 0
    extended: float = 0
    decided: float = 0
    replied: float = 0
    ended: float = 0
    big: bool = False
    outcome: str = ""
    answer: str = ""
    correction: str = ""
    corrected: str = ""
    ground: str = ""
    reason: str = ""
    rulebook: str = ""
    known: bool = True
    longer: int = 0
    promise: str = ""
    promised_for: float = 0
    kept: str = ""
    report: str = ""
    beside: int = 0
    updates: tuple[Mapping[str, Any], ...] = ()
    appealed: float = 0
    appeal: str = ""
    ruled: float = 0
    ruling: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the stories."""

    authors: list[Actor]
    moderator: int
    second_moderator: int
    officers: dict[str, int]
    checkers: dict[str, int]
    crowd: Crowd
    stoppers: tuple[Actor, Actor]


@dataclass(slots=True)
class Stage:
    """One story under way: its petition and its people, moved from moment to moment."""

    story: Story
    cast: Cast
    now: datetime
    petition_id: int = 0
    told: int = 0
    clock: datetime = field(kw_only=True)

    def ago(self, days: float) -> datetime:
        """The moment so many days before today."""
        return self.now - timedelta(days=days)

    @contextmanager
    def acting(self, actor: Actor, moment: datetime) -> Iterator[tuple[Work, int]]:
        """A Work of the actor at a moment, after all that was due before it; with the petition's version."""
        self.catch_up(moment)
        with at(moment), work(actor) as w:
            petition = w.session.get(Petition, self.petition_id)
            yield w, petition.version if petition else 0

    def catch_up(self, until: datetime) -> None:
        """Let the sweeps do what they would have done before a moment, and the authors write what they wrote."""
        while (moment := self.next_update()) is not None and moment <= until:
            self._sweep_until(moment)
            update = self.story.updates[self.told]
            self.told += 1
            tell(self, update, moment)
        self._sweep_until(until)

    def next_update(self) -> datetime | None:
        """When the authors write next."""
        rest = self.story.updates[self.told :]
        return self.ago(rest[0]["ago"]) if rest else None

    def _sweep_until(self, until: datetime) -> None:
        while (moment := self._next_due(until)) is not None:
            self.clock = moment
            self.sweep(moment)
        self.clock = max(self.clock, until)

    def sweep(self, moment: datetime) -> None:
        """Both sweeps at one moment, for this petition."""
        with at(moment):
            with work(SYSTEM) as w:
                terms = w.session.scalars(select(Term.id).where(Term.petition_id == self.petition_id)).all()
                for term_id in terms:
                    settle_term(w, term_id)
            while True:
                with work(SYSTEM) as w:
                    if not do_next(w, self.petition_id):
                        break

    def _next_due(self, until: datetime) -> datetime | None:
        with reading(SYSTEM) as w:
            petition = w.session.get(Petition, self.petition_id)
            if petition is None:
                return None
            zone = rules.rulebook_of(w, petition).timezone
            query = select(Term.due_on).where(Term.petition_id == petition.id, Term.due_on.is_not(None))
            ends = [ends_at(due_on, zone) for due_on in w.session.scalars(query) if due_on is not None]
        # A closed window is looked at twice: when it ends, and when the grace for confirmations is over.
        moments = [end + timedelta(hours=hours) for end in ends for hours in (1, 26)]
        return min((moment for moment in moments if self.clock < moment <= until), default=None)

    @property
    def author(self) -> Actor:
        """The author."""
        return self.cast.authors[self.story.author]

    @property
    def moderator(self) -> Actor:
        """The moderator."""
        return Actor(account_id=self.cast.moderator, roles=frozenset({Role.MODERATOR.value}))

    @property
    def second_moderator(self) -> Actor:
        """The one who decides on appeals."""
        return Actor(account_id=self.cast.second_moderator, roles=frozenset({Role.MODERATOR.value}))

    @property
    def officer(self) -> Actor:
        """The officer of the addressed body."""
        body = self.story.authority
        return Actor(self.cast.officers[body], frozenset({Role.OFFICER.value}), body)

    @property
    def checker(self) -> Actor:
        """The colleague who makes the legal check."""
        body = self.story.authority
        return Actor(self.cast.checkers[body], frozenset({Role.OFFICER.value}), body)


def play(story: Story, cast: Cast, now: datetime, signatures: int | None) -> None:
    """Play a story from its first word to today; `signatures` replaces the number that it tells."""
    stage = Stage(story, cast, now, clock=now - timedelta(days=story.begun))
    _write(stage)
    if story.state == State.DRAFT:
        return
    _gather(stage)
    check(stage)
    if story.published:
        _collect(stage, signatures or story.signatures)
        _answer(stage)
    stage.catch_up(now)
    stage.sweep(now)


def _write(stage: Stage) -> None:
    story = stage.story
    with at(stage.ago(story.begun), _rulebook(story)), work(stage.author) as w:
        stage.petition_id = begin_draft(w, story.authority, story.language)
    with stage.acting(stage.author, stage.ago(story.begun - 0.1)) as (w, version):
        save_draft(
            w, stage.petition_id, version, title=story.title, markdown=story.text, language=story.language
        )
    if story.beside:
        join_author(stage)


def _rulebook(story: Story) -> Path | None:
    """The rules that the story begins under, where they are not the instance's."""
    return kernel().settings.rulebooks_dir / story.rulebook if story.rulebook else None


def _gather(stage: Stage) -> None:
    story = stage.story
    with stage.acting(stage.author, stage.ago(story.begun - 0.3)) as (w, version):
        submit(w, stage.petition_id, version)
    joiners = story.joiners or _joiners_needed(stage)
    first = stage.ago(story.begun - 0.5)
    last = min(stage.ago(story.begun - JOINING_DAYS), stage.now - timedelta(hours=2))
    stage.cast.crowd.sign(stage.petition_id, joiners, first, last, joiner=True, known=story.known)
    stage.sweep(last + timedelta(minutes=5))


def _joiners_needed(stage: Stage) -> int:
    with reading(SYSTEM) as w:
        startup = rules.tier_of(w, w.session.get_one(Petition, stage.petition_id)).startup
    return startup.signatures if startup else 0


def _collect(stage: Stage, total: int) -> None:
    story = stage.story
    with reading(SYSTEM) as w:
        petition = w.session.get_one(Petition, stage.petition_id)
        goal, closes_at = petition.threshold or 0, petition.closes_at or stage.now
        residents_only = petition.residents_only
    opened = stage.ago(story.published - 0.05)
    left = total - _joiners_needed(stage)
    end = min(closes_at, stage.ago(story.decided or story.ended or 0.02))
    if story.reached:
        before = _signers_for(goal, residents_only) - _joiners_needed(stage)
        reached = stage.ago(story.reached)
        _sign(stage, before, opened, reached)
        stage.sweep(reached + timedelta(minutes=5))
        # What happens from now on happens between the acts of the authority: nobody looks up from signing.
        opened, left = reached + timedelta(minutes=10), left - before
        stage.cast.crowd.sign(stage.petition_id, left, opened, end, known=story.known)
    else:
        _sign(stage, left, opened, end)
    _end(stage)


def _sign(stage: Stage, n: int, first: datetime, last: datetime) -> None:
    """So many people sign between two moments; the tally folds when a quarter is reached and when an update is out."""
    done, begun = 0, first
    for moment, count in _cuts(stage, n, first, last):
        crowd, known = stage.cast.crowd, stage.story.known
        crowd.sign(stage.petition_id, count - done, begun, moment, known=known)
        if moment < last:
            stage.catch_up(moment)
        done, begun = count, moment


def _cuts(stage: Stage, n: int, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """When something happens while people sign, with how many have signed by then; the last one is the end."""
    span = last - first
    with reading(SYSTEM) as w:
        goal = w.session.get_one(Petition, stage.petition_id).threshold or 0
        counted = w.session.get_one(PetitionCount, stage.petition_id).counted
    needed = [ceil(goal * percent / 100) - counted for percent in QUARTERS]
    cuts = {(first + span * (count / n) ** EARLY, count) for count in needed if 0 < count < n}
    for update in stage.story.updates[stage.told :]:
        moment = stage.ago(update["ago"])
        if first < moment < last:
            cuts.add((moment, floor(n * ((moment - first) / span) ** (1 / EARLY))))
    return [*sorted(cuts), (last, n)]


def _signers_for(goal: int, residents_only: bool) -> int:
    """How many people have to sign: where only residents count, some more, for not all of them live there."""
    return ceil(goal / RESIDENT_SHARE * 1.06) if residents_only else goal


def _end(stage: Stage) -> None:
    story = stage.story
    if story.state == State.WITHDRAWN:
        with stage.acting(stage.author, stage.ago(story.ended)) as (w, version):
            withdraw(w, stage.petition_id, version)
    if story.state == State.TAKEN_DOWN:
        with stage.acting(stage.moderator, stage.ago(story.ended)) as (w, version):
            decide(w, stage.petition_id, version, Verdict.TAKE_DOWN, reason=story.reason, ground=story.ground)


def _answer(stage: Stage) -> None:
    story = stage.story
    acts = (
        (story.registered, _register),
        (story.stopped, stop),
        (story.held, hold),
        (story.extended, _extend),
        (story.decided, _decide),
        (story.promise, _judge),
        (story.corrected, _correct),
        (story.replied, _reply),
    )
    for told, act in acts:
        if told:
            act(stage)


def _register(stage: Stage) -> None:
    id_ = stage.petition_id
    with stage.acting(stage.officer, stage.ago(stage.story.registered)) as (w, version):
        register_petition(w, id_, f"КП-{id_:04d}", w.today, version)


def _extend(stage: Stage) -> None:
    story = stage.story
    with stage.acting(stage.officer, stage.ago(story.extended)) as (w, version):
        extend_answer(w, stage.petition_id, story.longer, Reason(story.reason, story.language), version)


def _decide(stage: Stage) -> None:
    story = stage.story
    draft = AnswerDraft(story.answer, date.min, story.language, story.outcome, promises=_promises(stage))
    _publish(stage, Action.ANSWER, stage.ago(story.decided), draft)


def _correct(stage: Stage) -> None:
    story = stage.story
    draft = AnswerDraft(story.corrected, date.min, story.language, story.outcome, story.correction)
    _publish(stage, Action.CORRECT_ANSWER, stage.ago(story.decided - 2), draft)


def _reply(stage: Stage) -> None:
    story = stage.story
    draft = AnswerDraft(story.answer, date.min, story.language)
    _publish(stage, Action.REPLY, stage.ago(story.replied), draft)


def _promises(stage: Stage) -> tuple[Promise, ...]:
    story = stage.story
    if not story.promise:
        return ()
    with reading(SYSTEM) as w:
        calendar = rules.calendar(rules.rulebook_of(w, w.session.get_one(Petition, stage.petition_id)))
        day = local_day(stage.ago(story.promised_for), str(w.kernel.zone))
    return (Promise(story.promise, calendar.next_working_day(day)),)


def _judge(stage: Stage) -> None:
    """On its day author and followers are asked; the author says whether the promise was kept, or nothing."""
    story = stage.story
    with reading(SYSTEM) as w:
        query = select(CasePromise.id).where(CasePromise.petition_id == stage.petition_id)
        promise_id = w.session.scalars(query).one()
    if story.report:
        with stage.acting(stage.officer, stage.ago(story.promised_for + 1)) as (w, _version):
            report_promise(w, promise_id, story.report, "")
    with at(stage.ago(story.promised_for - 5)):
        with work(SYSTEM) as w:
            ask_about(w, promise_id)
        if story.kept:
            with work(SYSTEM) as w:
                subject = (stage.petition_id, stage.author.account_id or 0, promise_id)
                token = sign_token(w, Purpose.PROMISE_AUTHOR, *subject, w.now + LASTING)
                say_kept(w, token, kept=story.kept == "yes")


def _publish(stage: Stage, kind: Action, moment: datetime, draft: AnswerDraft) -> None:
    """Write, check and publish a text on one day; it is decided on that day."""
    id_ = stage.petition_id
    with stage.acting(stage.officer, moment) as (w, _version):
        kept = save_answer(w, id_, kind, replace(draft, decided_on=w.today), 0)
        send_to_check(w, id_, kept.version)
        seen = kept.version
    with stage.acting(stage.checker, moment) as (w, _version):
        approve_answer(w, id_, seen)
    with stage.acting(stage.officer, moment) as (w, _version):
        publish_checked(w, id_, seen + 1)
