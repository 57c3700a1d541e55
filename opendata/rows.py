"""From the rows of queries to the shapes of the API."""

from authorities.queries import AreaRow, AuthorityRow
from core.i18n import localised
from core.links import absolute_url
from opendata import schemas
from opendata.figures import AnswerFigures
from petitions.domain.rulebook import Rulebook, Unit
from petitions.queries.goals import FROZEN, Goal
from petitions.queries.petitions import PetitionView
from petitions.queries.terms import TermRow


def petition(view: PetitionView) -> schemas.Petition:
    """One petition as the contract shows it."""
    card = view.card
    return schemas.Petition(
        id=card.id,
        url=absolute_url("petitions.show", petition_id=card.id),
        state=card.state.value,  # type: ignore[arg-type]
        title=card.title,
        language=card.language,
        author=schemas.Person(id=card.author_id, name=card.author, place=card.author_place),
        co_authors=[schemas.Person(id=who.id, name=who.name, place=who.place) for who in card.co_authors],
        authority=schemas.Body(code=card.authority_code or "", name=card.authority),
        tier=card.tier or "",
        area=card.area or "",
        rulebook=card.rulebook,
        opened_at=card.opened_at,
        closes_at=card.closing,
        signing=schemas.Signing(open=view.signing_closed is None, reason=view.signing_closed),
        signatures=schemas.Signatures(counted=card.total, counting=card.counted),
        thresholds=[threshold(goal) for goal in _goals(view)],
        terms=[term(row) for row in card.terms],
        answer=answer(view),
    )


def _goals(view: PetitionView) -> tuple[Goal, ...]:
    """A refused petition was never opened, so no milestone was ever frozen for it."""
    return view.goals if view.card.opened_at is not None else ()


def threshold(goal: Goal) -> schemas.Threshold:
    """One milestone."""
    proof = {name: getattr(goal.proof, name) for name in FROZEN}
    return schemas.Threshold(**proof, reached_at=goal.reached_at)


def term(row: TermRow) -> schemas.Term:
    """One term."""
    return schemas.Term(
        id=row.id,
        petition=row.petition,
        authority=row.authority,
        kind=row.kind,
        state=row.state,
        started_on=row.started_on,
        due_on=row.due_on,
        days_left=row.days_left,
        days_late=row.days_late,
        unit=(row.unit if row.unit is not Unit.HOURS else Unit.CALENDAR_DAYS).value,  # type: ignore[arg-type]
        stopped_since=row.stopped_since,
        extended=row.extended,
        met_on=row.met_on,
    )


def answer(view: PetitionView) -> schemas.Answer | None:
    """The answer that stands, or None."""
    row = view.answer
    if row is None:
        return None
    return schemas.Answer(
        outcome=row.outcome or "",
        text=row.text,
        decided_on=row.decided_on,
        published_at=row.published_at,
        corrected=view.corrected,
    )


def authority(row: AuthorityRow, figures: AnswerFigures) -> schemas.Authority:
    """One body with its figures."""
    answers = schemas.AnswersOf(**figures._asdict())
    return schemas.Authority(code=row.code, name=row.name, area=row.area, branch=row.branch, answers=answers)


def area(row: AreaRow) -> schemas.Area:
    """One area with its newest figure."""
    return schemas.Area(
        code=row.code,
        parent=row.parent,
        kind=row.kind,
        name=row.name,
        population=row.population,
        as_of=row.as_of,
        source=row.source,
        selectable=row.selectable,
    )


def rulebook(book: Rulebook) -> schemas.Rulebook:
    """One rulebook; its numbers are on its page."""
    return schemas.Rulebook(
        id=book.id,
        url=absolute_url("rules.show", rulebook=book.id),
        version=book.version,
        title=localised(book.title),
        status=book.status.value,
        country=book.country,
        timezone=book.timezone,
        languages=list(book.languages),
        valid_from=book.valid_from,
        legal_basis=book.legal_basis,
        outcomes=list(book.outcomes),
        tiers=[
            schemas.RulebookTier(
                id=tier.id,
                area_kinds=list(tier.area_kinds),
                branch=tier.branch.value,
                residents_only=tier.residents_only,
            )
            for tier in book.tiers
        ],
    )
