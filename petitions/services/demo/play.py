"""One story, played through the same use cases that people use, each at its own moment of the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil
from pathlib import Path

from sqlalchemy import select

from auth.permissions import Role
from authorities.models import Area
from core.work import SYSTEM, Actor, Work, at, kernel, reading, work
from petitions.domain.calendar import ends_at, local_day
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import Action, State
from petitions.domain.moderation import Verdict
from petitions.domain.stops import STOPPABLE
from petitions.models.case import Term
from petitions.models.casework import CasePromise
from petitions.models.petition import Petition
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries import rules
from petitions.services.answer_drafts import approve_answer, publish_checked, save_answer, send_to_check
from petitions.services.answering import AnswerDraft, register_petition
from petitions.services.deadlines import settle_term
from petitions.services.demo.checking import check
from petitions.services.demo.crowd import RESIDENT_SHARE, Crowd
from petitions.services.drafts import begin_draft, save_draft
from petitions.services.promises import Promise, ask_about, report_promise, say_kept
from petitions.services.screening import decide
from petitions.services.stopping import StopDraft, confirm_stop, propose_stop
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
        """Let the sweeps do what they would have done before a moment, on the days they would have done it."""
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
    opened, crowd = stage.ago(story.published - 0.05), stage.cast.crowd
    left = total - _joiners_needed(stage)
    end = min(closes_at, stage.ago(story.decided or story.ended or 0.02))
    if story.reached:
        before = _signers_for(goal, residents_only) - _joiners_needed(stage)
        reached = stage.ago(story.reached)
        crowd.sign(stage.petition_id, before, opened, reached, known=story.known)
        stage.sweep(reached + timedelta(minutes=5))
        opened, left = reached + timedelta(minutes=10), left - before
    crowd.sign(stage.petition_id, left, opened, end, known=story.known)
    _end(stage)


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
        (story.stopped, _stop),
        (story.held, _hold),
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


def _hold(stage: Stage) -> None:
    """An invented emergency in the body's own area that still goes on, recorded and confirmed by two people."""
    with reading(SYSTEM) as w:
        area = w.session.get_one(Petition, stage.petition_id).area or ""
    moment = stage.ago(stage.story.held)
    proposing, confirming = stage.cast.stoppers
    with stage.acting(proposing, moment) as (w, _version):
        draft = StopDraft(
            first_day=w.today,
            last_day=None,
            order_date=w.today,
            act="Жылу магистралінің апатына байланысты төтенше жағдай туралы шешім (көрсетілім үшін ойдан шығарылған)",
            link="",
            reason="Ойдан шығарылған оқиға: әкімдік ғимараты босатылды, құжаттар мен байланыс жөндеу біткенше жоқ.",
            language="kk",
            areas=(area,),
            # Citizens go on as before: an emergency in one district must not hold the country's collections.
            kinds=(TermKind.ANSWER.value, TermKind.ORDINARY_REPLY.value),
        )
        stop_id = propose_stop(w, draft)
    with stage.acting(confirming, moment) as (w, _version):
        confirm_stop(w, stop_id)


def _stop(stage: Stage) -> None:
    """The emergency of January 2022, recorded on its first day by two people, and marked as a replay."""
    moment = stage.ago(stage.story.stopped)
    proposing, confirming = stage.cast.stoppers
    with stage.acting(proposing, moment) as (w, _version):
        draft = StopDraft(
            first_day=w.today,
            last_day=w.today + timedelta(days=14),
            order_date=w.today,
            act="Төтенше жағдай енгізу туралы жарлық (өткеннің қайталауы)",
            link="",
            reason="Елде төтенше жағдай енгізіліп, байланыс үзілді: адамдар да, органдар да әрекет ете алмады.",
            language="kk",
            areas=tuple(w.session.scalars(select(Area.code).where(Area.parent.is_(None)))),
            kinds=tuple(kind.value for kind in STOPPABLE),
            replay_day=w.today,
        )
        stop_id = propose_stop(w, draft)
    with stage.acting(confirming, moment) as (w, _version):
        confirm_stop(w, stop_id)


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
