"""The check of a demo petition: published, returned, or refused; and the appeal against a refusal."""

from typing import TYPE_CHECKING

from core.work import Actor
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.appeals import AppealOutcome
from petitions.services.appeals import decide_appeal, file_appeal
from petitions.services.screening import decide

if TYPE_CHECKING:
    from petitions.services.demo.play import Stage

# So long after its first word the joiners of a petition are there and a moderator refuses it.
REFUSED_AFTER = 24


def check(stage: "Stage") -> None:
    """What the moderators decide, each on their day."""
    story = stage.story
    if story.state == State.REFUSED or story.appealed:
        _decide(stage, stage.moderator, Verdict.REFUSE, story.begun - REFUSED_AFTER)
        _appeal(stage)
    elif story.published:
        _decide(stage, stage.moderator, Verdict.PUBLISH, story.published)
    elif story.state == "returned":
        _decide(stage, stage.moderator, Verdict.RETURN, story.begun - 20)


def _decide(stage: "Stage", who: Actor, verdict: Verdict, days: float) -> None:
    story = stage.story
    told = {} if verdict is Verdict.PUBLISH else {"reason": story.reason, "ground": story.ground}
    with stage.acting(who, stage.ago(days)) as (w, version):
        decide(w, stage.petition_id, version, verdict, **told)


def _appeal(stage: "Stage") -> None:
    story = stage.story
    if not story.appealed:
        return
    with stage.acting(stage.author, stage.ago(story.appealed)) as (w, version):
        file_appeal(w, stage.petition_id, version, story.appeal)
    if not story.ruling:
        return
    outcome = AppealOutcome.RESTORED if story.published else AppealOutcome.UPHELD
    with stage.acting(stage.second_moderator, stage.ago(story.ruled)) as (w, version):
        decide_appeal(w, stage.petition_id, version, outcome, story.ruling)
