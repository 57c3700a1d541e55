"""The life of a petition: every triple of state, action and party is in the table or refused."""

from dataclasses import fields, replace
from itertools import pairwise, product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.config import ROOT
from core.refusal import Refusal
from petitions.cli.docs import docs
from petitions.domain import conditions, lifecycle
from petitions.domain.lifecycle import LISTED, TRANSITIONS, Action, Facts, Party, Rule, State, open_to, step

TRIPLES = list(product(State, Action, Party))
NAMES = tuple(field.name for field in fields(Facts))
EVERY_RULE = [(state, action, rule) for (state, action), rules in TRANSITIONS.items() for rule in rules]
ENDS = {State.WITHDRAWN, State.REFUSED, State.TAKEN_DOWN}

# For each guard: facts under which it holds and facts under which it does not.
GUARDS = {
    conditions.always: (Facts(), None),
    conditions.may_invite: (Facts(may_invite=True), Facts()),
    conditions.invitation_open: (Facts(invitation_open=True), Facts()),
    conditions.others_named: (Facts(has_co_authors=True), Facts()),
    conditions.goes_to_joiners: (
        Facts(needs_joiners=True),
        Facts(needs_joiners=True, invitation_open=True),
    ),
    conditions.goes_to_screening: (Facts(), Facts(invitation_open=True)),
    conditions.no_joiners_yet: (Facts(), Facts(has_joiners=True)),
    conditions.joiners_met: (Facts(joiners_met=True), Facts()),
    conditions.startup_failed: (Facts(startup_over=True), Facts(startup_over=True, joiners_met=True)),
    conditions.startup_open: (Facts(), Facts(startup_over=True)),
    conditions.silence_publishes: (
        Facts(screening_late=True, silence_publishes=True),
        Facts(silence_publishes=True),
    ),
    conditions.silence_escalates: (
        Facts(screening_late=True),
        Facts(screening_late=True, silence_publishes=True),
    ),
    conditions.signing_open: (Facts(signing_open=True), Facts()),
    conditions.frozen: (Facts(frozen=True), Facts()),
    conditions.threshold_met: (Facts(threshold_met=True, may_hand_over=True), Facts(threshold_met=True)),
    conditions.collection_and_grace_over: (
        Facts(collection_and_grace_over=True),
        Facts(collection_and_grace_over=True, threshold_met=True),
    ),
    conditions.not_registered: (Facts(), Facts(registered=True)),
    conditions.registration_over: (
        Facts(registration_over=True),
        Facts(registration_over=True, registered=True),
    ),
    conditions.registered: (Facts(registered=True), Facts()),
    conditions.reply_owed: (Facts(reply_owed=True), Facts()),
    conditions.was_published: (Facts(published=True), Facts()),
    conditions.a_stop_moved_the_end: (Facts(end_moved=True), Facts()),
    conditions.a_stop_moved_the_collection: (Facts(end_moved=True, published=True), Facts(end_moved=True)),
    conditions.a_stop_moved_the_startup: (Facts(end_moved=True), Facts(end_moved=True, published=True)),
    conditions.may_extend: (Facts(may_extend=True), Facts()),
    conditions.may_transfer: (Facts(may_transfer=True), Facts()),
    conditions.may_ask: (Facts(may_ask=True), Facts()),
    conditions.question_open: (Facts(question_open=True), Facts()),
    conditions.may_discuss: (Facts(may_discuss=True), Facts()),
    conditions.discussion_ahead: (Facts(discussion_ahead=True), Facts()),
    conditions.has_minutes: (Facts(has_minutes=True), Facts()),
    conditions.discussion_open: (Facts(discussion_open=True), Facts()),
    conditions.promise_open: (Facts(promise_open=True), Facts()),
    conditions.followers_reachable: (Facts(followers_reachable=True), Facts()),
    conditions.has_updates: (Facts(has_updates=True), Facts()),
    **{
        getattr(conditions, f"was_{state}"): (Facts(taken_from=state), Facts(taken_from="draft"))
        for state in ("collecting", "under_review", "answered", "lapsed", "withdrawn")
    },
    conditions.may_appeal: (Facts(may_appeal=True), Facts()),
    conditions.appeal_unused: (Facts(appeal_unused=True), Facts()),
    conditions.appeal_waits: (Facts(appeal_waits=True), Facts()),
    conditions.appeal_silence_opens: (
        Facts(appeal_late=True, silence_publishes=True),
        Facts(appeal_late=True),
    ),
    conditions.appeal_silence_escalates: (
        Facts(appeal_late=True),
        Facts(appeal_late=True, silence_publishes=True),
    ),
}


def named(state: State, action: Action, party: Party) -> list[Rule]:
    """The rules that name the party."""
    return [rule for rule in TRANSITIONS.get((state, action), ()) if rule.by is party]


def every_facts() -> list[Facts]:
    """Facts that turn each single fact on, and all of them."""
    single = [replace(Facts(), **{name: True}) for name in NAMES]
    return [Facts(), *single, Facts(**dict.fromkeys(NAMES, True))]


@pytest.mark.parametrize("state", State)
def test_every_triple_is_in_the_table_or_refused(state: State) -> None:
    for action, party in product(Action, Party):
        check_triple(state, action, party)


def check_triple(state: State, action: Action, party: Party) -> None:
    """Where a rule of the party holds, the step is taken and offered; else it is refused and not offered."""
    rules = named(state, action, party)
    for facts in every_facts():
        holding = [rule for rule in rules if rule.when(facts)]
        if holding:
            assert step(state, action, party, facts) is holding[0].to
            assert action in open_to(state, party, facts)
            continue
        with pytest.raises(Refusal) as refused:
            step(state, action, party, facts)
        assert refused.value.code == ("not-now" if rules else "not-your-move")
        assert action not in open_to(state, party, facts)


@pytest.mark.parametrize(("state", "action", "rule"), EVERY_RULE)
def test_every_guard_lets_through_and_holds_back(state: State, action: Action, rule: Rule) -> None:
    holds, fails = GUARDS[rule.when]
    assert rule.when(holds)
    assert step(state, action, rule.by, holds) in {r.to for r in named(state, action, rule.by)}
    if fails is not None:
        assert not rule.when(fails)


def test_no_guard_is_forgotten() -> None:
    assert {rule.when for _state, _action, rule in EVERY_RULE} <= set(GUARDS)
    assert not conditions.a_stop_moved_the_end(Facts())
    assert conditions.a_stop_moved_the_end(Facts(end_moved=True))


def test_the_rules_of_one_party_never_overlap() -> None:
    for facts in every_facts():
        for state, action, party in TRIPLES:
            targets = {rule.to for rule in named(state, action, party) if rule.when(facts)}
            assert len(targets) <= 1, (state, action, party, facts)


def test_every_state_can_be_reached_and_every_action_is_somewhere() -> None:
    reached = {State.DRAFT}
    for _round in State:
        reached |= {rule.to for state, _action, rule in EVERY_RULE if state in reached}
    assert reached == set(State)
    assert {action for _state, action, _rule in EVERY_RULE} == set(Action)


def test_a_refusal_says_what_was_tried() -> None:
    with pytest.raises(Refusal) as refused:
        step(State.ANSWERED, Action.SIGN, Party.ANYONE, Facts())
    assert refused.value.facts == {"state": "answered", "action": "sign", "party": "anyone"}


def test_only_what_was_published_or_refused_is_listed() -> None:
    assert set(LISTED) == set(State) - {State.DRAFT, State.GATHERING, State.SCREENING, State.TAKEN_DOWN}


def test_the_document_is_the_table() -> None:
    document = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert document == lifecycle.as_markdown(), "run: flask --app app docs lifecycle"
    assert document.count("\n| ") - 1 == len(EVERY_RULE)


def test_the_command_writes_the_document(tmp_path: Path) -> None:
    written = CliRunner().invoke(docs, ["lifecycle", "--to", str(tmp_path / "lifecycle.md")])
    assert written.exit_code == 0, written.output
    assert (tmp_path / "lifecycle.md").read_text(encoding="utf-8") == lifecycle.as_markdown()


class Life(RuleBasedStateMachine):
    """A petition that lives through any acts of any parties under any facts that fit its past."""

    @initialize(needs=st.booleans(), silence=st.booleans())
    def begin(self, needs: bool, silence: bool) -> None:
        self.state = State.DRAFT
        self.past = [State.DRAFT]
        self.facts = Facts(needs_joiners=needs, silence_publishes=silence)

    @rule(action=st.sampled_from(Action), party=st.sampled_from(Party))
    def act(self, action: Action, party: Party) -> None:
        before = self.state
        try:
            self.state = step(before, action, party, self.facts)
        except Refusal as refused:
            assert refused.code in {"not-your-move", "not-now"}
            assert action not in open_to(before, party, self.facts)
            return
        assert action in open_to(before, party, self.facts)
        self.past.append(self.state)
        if self.state is State.COLLECTING:
            self.facts = replace(self.facts, published=True)
        if action in {Action.REGISTER, Action.DEEM_REGISTERED}:
            self.facts = replace(self.facts, registered=True)

    @rule(
        name=st.sampled_from(
            [n for n in NAMES if n not in {"needs_joiners", "silence_publishes", "registered", "published"}]
        )
    )
    def time_passes(self, name: str) -> None:
        self.facts = replace(self.facts, **{name: not getattr(self.facts, name)})

    @precondition(lambda self: self.facts.has_joiners)
    @rule()
    def enough_join(self) -> None:
        self.facts = replace(self.facts, joiners_met=True)

    @invariant()
    def the_order_holds(self) -> None:
        past = getattr(self, "past", [State.DRAFT])
        if State.UNDER_REVIEW in past:
            assert State.COLLECTING in past[: past.index(State.UNDER_REVIEW)]
        if State.ANSWERED in past:
            assert State.UNDER_REVIEW in past and self.facts.registered
        if State.COLLECTING in past:
            assert State.SCREENING in past[: past.index(State.COLLECTING)]
        if State.TAKEN_DOWN in past:
            assert self.facts.published

    @invariant()
    def the_end_is_the_end(self) -> None:
        past = getattr(self, "past", [State.DRAFT])
        for earlier, later in pairwise(past):
            # A refusal can be overturned after an appeal; nothing else that has ended comes back.
            if earlier in ENDS and (earlier, later) != (State.REFUSED, State.COLLECTING):
                assert later in {earlier, State.TAKEN_DOWN}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
