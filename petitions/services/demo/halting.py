"""The stops of the clocks in the demo: an invented emergency that goes on, and the replay of January 2022."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from authorities.models import Area
from core.work import SYSTEM, reading
from petitions.domain.deadlines import TermKind
from petitions.domain.stops import STOPPABLE
from petitions.models.petition import Petition
from petitions.services.stopping import StopDraft, confirm_stop, propose_stop

if TYPE_CHECKING:
    from petitions.services.demo.play import Stage


def hold(stage: "Stage") -> None:
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


def stop(stage: "Stage") -> None:
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
