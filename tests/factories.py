"""Plain functions that put people and petitions into the database; every person is invented."""

import itertools
import secrets
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from auth.models import Account, AccountSession, RoleGrant
from auth.permissions import Role
from auth.queries import email_place, session_hash
from authorities.models import Area, AreaFigure, Authority
from authorities.queries import figure_for, is_within
from core.work import SYSTEM, Work, work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Tier
from petitions.domain.thresholds import AreaFigures, certificates
from petitions.models.case import Referral
from petitions.models.keys import contact_key, create_keys, identity_key, person_uid, seal_field
from petitions.models.petition import Petition, PetitionCount, PetitionText, PetitionThreshold
from petitions.models.signature import Signature, SignatureState
from petitions.queries import rules
from petitions.services.cases import remember_rulebook
from petitions.services.indexing import refresh
from petitions.services.terms import cancel_terms, meet_term, start_term

GOVERNMENT = "kz-gov"
ALMATY = "750000000"
ASTANA = "710000000"
COUNTRY = "000000000"
VILLAGE = "999000001"
VILLAGE_BODY = "akimat-ulgi"
_numbers = itertools.count(1)
_BEFORE_GATHERING = {State.DRAFT}
_PUBLISHED = {
    State.COLLECTING,
    State.UNDER_REVIEW,
    State.ANSWERED,
    State.LAPSED,
    State.WITHDRAWN,
    State.TAKEN_DOWN,
}
_HANDED_OVER = {State.UNDER_REVIEW, State.ANSWERED}


def an_account(
    role: Role = Role.CITIZEN,
    body: str | None = None,
    *,
    author: bool = False,
    email: str = "",
    **changes: Any,
) -> int:
    """A confirmed account; its id."""
    with work(SYSTEM) as w:
        n = next(_numbers)
        named = {
            "author_since": w.now,
            "author_notice_version": "test",
            "author_consent_at": w.now,
            "author_consent_language": "kk",
            "place": ALMATY,
        }
        fields = {
            "email_index": w.keys.blind_index("account", email or f"person{n}@mail.example"),
            "email_enc": b"",
            "full_name": "Айгүл Үлгіқызы",
            "language": "kk",
            "password_hash": "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
            "password_long": True,
            "created_at": w.now,
            "confirmed_at": w.now,
        }
        account = Account(**(fields | (named if author else {}) | changes))
        w.session.add(account)
        w.session.flush()
        mailbox = email or f"person{n}@mail.example"
        account.email_enc = w.keys.seal_text("account", mailbox, email_place(account.id))
        if role is not Role.CITIZEN:
            grant = RoleGrant(account_id=account.id, role=role, body=body, granted_at=w.now)
            w.session.add(grant)
        return account.id


def an_author(**changes: Any) -> int:
    """An account that consented to be named as an author."""
    return an_account(author=True, **changes)


def a_moderator(**changes: Any) -> int:
    """A moderator's account."""
    return an_account(Role.MODERATOR, **changes)


def an_officer(body: str = VILLAGE_BODY, **changes: Any) -> int:
    """An officer's account."""
    return an_account(Role.OFFICER, body, **changes)


def an_administrator(**changes: Any) -> int:
    """An administrator's account."""
    return an_account(Role.ADMINISTRATOR, **changes)


def sign_in(client: FlaskClient, account_id: int) -> FlaskClient:
    """Give the browser a full session of the account: staff have shown their second factor."""
    token = secrets.token_urlsafe(32)
    with work(SYSTEM) as w:
        row = AccountSession(
            id_hash=session_hash(w, token),
            account_id=account_id,
            created_at=w.now,
            expires_at=w.now + timedelta(days=1),
            passed_at=w.now,
        )
        w.session.add(row)
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def a_village(population: int = 400) -> str:
    """An invented village of Almaty Region with an executive body, whose threshold is small; its code."""
    with work(SYSTEM) as w:
        if w.session.get(Area, VILLAGE) is None:
            names = {"kk": "Үлгі ауылы", "ru": "село Улги", "en": "Ulgi village"}
            parent = w.session.get_one(Area, "190000000")
            path = f"{parent.path}{VILLAGE}/"
            w.session.add(
                Area(
                    code=VILLAGE,
                    parent=parent.code,
                    kind="village",
                    names=names,
                    level=2,
                    path=path,
                    invented=True,
                )
            )
            w.session.flush()
            figure = AreaFigure(
                area=VILLAGE,
                as_of=date(2026, 1, 1),
                population=population,
                electorate=None,
                source="invented",
            )
            body = {"kk": "Үлгі ауылының әкімдігі", "ru": "Акимат села Улги", "en": "Akimat of Ulgi village"}
            authority = Authority(
                code=VILLAGE_BODY,
                area=VILLAGE,
                branch="executive",
                names=body,
                email="ulgi@gov.example",
                supervisor=None,
                valid_from=date(2020, 1, 1),
            )
            w.session.add_all([figure, authority])
    return VILLAGE


def a_petition(
    state: State = State.COLLECTING,
    *,
    signatures: int = 0,
    authority: str = VILLAGE_BODY,
    author: int | None = None,
    title: str = "Ауылға жаңа кітапхана салынсын",
    language: str = "kk",
    reached: bool | None = None,
    registered: bool | None = None,
) -> int:
    """A petition in a state, with the rows that the state needs, begun now; its id."""
    if authority == VILLAGE_BODY:
        a_village()
    author = an_author() if author is None else author
    with work(SYSTEM) as w:
        petition = _draft(w, state, authority, author, title, language)
        tier = rules.tier_of(w, petition)
        _rows_before_publication(w, petition, tier, state)
        if state in _PUBLISHED:
            _publish(w, petition, tier)
        if state in _HANDED_OVER:
            _hand_over(w, petition, tier, state, registered if registered is not None else True)
        if reached:
            petition.reached_at = w.now
        if state in {State.LAPSED, State.WITHDRAWN, State.TAKEN_DOWN, State.REFUSED}:
            petition.ended_at = w.now
            cancel_terms(w, petition)
        petition.state = state
        w.session.flush()
        _sign(w, petition, signatures)
        refresh(w, petition)
        return petition.id


def some_signatures(petition_id: int, n: int, *, updates: bool = False, area: str | None = None) -> None:
    """Counted signatures of invented people, folded into the totals already."""
    with work(SYSTEM) as w:
        _sign(w, w.session.get_one(Petition, petition_id), n, updates=updates, area=area)


def _draft(w: Work, state: State, authority: str, author: int, title: str, language: str) -> Petition:
    loaded = rules.instance_rulebook(w)
    remember_rulebook(w, loaded)
    body = w.session.get_one(Authority, authority)
    area = w.session.get_one(Area, body.area)
    tier = loaded.rulebook.tier_for(area.kind, body.branch)
    assert tier is not None
    account = w.session.get_one(Account, author)
    petition = Petition(
        author_id=author, author_name=account.full_name, author_place=account.place, title=title, language=language,
        authority=authority, area=area.code, tier=tier.id, rulebook=loaded.rulebook.id,
        rulebook_version=loaded.rulebook.version, state=State.DRAFT, created_at=w.now, changed_at=w.now,
        text_number=1,
    )  # fmt: skip
    w.session.add(petition)
    w.session.flush()
    text = PetitionText(
        petition_id=petition.id, number=1, title=title, markdown="Мәтін.\n", html="<p>Мәтін.</p>", hash="0" * 64,
        frozen_at=None if state in _BEFORE_GATHERING else w.now,
    )  # fmt: skip
    w.session.add_all([text, PetitionCount(petition_id=petition.id)])
    w.session.flush()
    return petition


def _rows_before_publication(w: Work, petition: Petition, tier: Tier, state: State) -> None:
    if state in _BEFORE_GATHERING:
        return
    create_keys(w, petition.id)
    petition.submitted_at = w.now
    if tier.startup is not None:
        start_term(w, petition, TermKind.STARTUP, tier.startup.within, "gathering_begun")
    if state is not State.GATHERING:
        meet_term(w, petition, TermKind.STARTUP)
        start_term(w, petition, TermKind.SCREENING, tier.screening.within, "screening_begun")
    if state not in {State.GATHERING, State.SCREENING}:
        meet_term(w, petition, TermKind.SCREENING)


def _publish(w: Work, petition: Petition, tier: Tier) -> None:
    figure = figure_for(w, petition.area or "", w.today)
    assert figure is not None
    base = AreaFigures(figure.area, figure.population, figure.electorate, figure.as_of, figure.source)
    for position, proof in enumerate(certificates(tier, base)):
        row = PetitionThreshold(
            petition_id=petition.id, milestone=proof.milestone, position=position, count=proof.count,
            formula=proof.formula, base=proof.base, base_value=proof.base_value, base_as_of=proof.base_as_of,
            source=proof.source, article=proof.article, basis=proof.basis,
        )  # fmt: skip
        w.session.add(row)
        petition.threshold = petition.threshold or proof.count
    term = start_term(w, petition, TermKind.COLLECTION, tier.collection.window, "published")
    petition.opened_at = w.now
    petition.closes_at = (
        ends_at(term.due_on, rules.rulebook_of(w, petition).timezone) if term.due_on else None
    )
    petition.residents_only = tier.residents_only


def _hand_over(w: Work, petition: Petition, tier: Tier, state: State, registered: bool) -> None:
    petition.reached_at = petition.handed_over_at = w.now
    referral = Referral(
        petition_id=petition.id, receipt=f"D-TEST-{petition.id}", kind="threshold", handed_over_at=w.now,
        counted=petition.threshold or 1, text_number=1, text_hash="0" * 64,
    )  # fmt: skip
    w.session.add(referral)
    start_term(w, petition, TermKind.HAND_OVER, tier.response.hand_over, "threshold_reached").met_on = w.today
    start_term(w, petition, TermKind.REGISTRATION, tier.response.hand_over, "handed_over")
    if registered:
        petition.registered_at = referral.registered_at = w.now
        meet_term(w, petition, TermKind.REGISTRATION)
        start_term(w, petition, TermKind.ANSWER, tier.response.answer, "registered")
    if state is State.ANSWERED:
        petition.answered_at = w.now
        meet_term(w, petition, TermKind.ANSWER)


def _sign(w: Work, petition: Petition, n: int, *, updates: bool = False, area: str | None = None) -> None:
    if not n:
        return
    where = area or ALMATY
    resident = is_within(w, where, petition.area or "")
    k_id, k_contact = identity_key(w, petition.id), contact_key(w, petition.id)
    for _ in range(n):
        number = next(_numbers)
        mailbox, id_ = f"signer{number}@mail.example", 10**12 + number
        row = Signature(
            petition_id=petition.id, id=id_, scheme="email", uid=person_uid(w, petition.id, "email", mailbox),
            channel="web", evidence="email", state=SignatureState.COUNTED, area=where, resident=resident,
            text_number=1, name=seal_field(k_id, "Ербол Сынақұлы", petition.id, id_, "name"),
            contact=seal_field(k_contact, mailbox, petition.id, id_, "contact"), language="kk", updates=updates,
            notice="test", notice_language="kk", consent_at=w.now, created_at=w.now,
            expires_at=w.now + timedelta(days=7), confirmed_at=w.now,
        )  # fmt: skip
        w.session.add(row)
    counts = w.session.get_one(PetitionCount, petition.id)
    counts.counted += n
    counts.residents += n if resident else 0
    w.session.flush()
