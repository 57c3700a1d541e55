"""Examples of the API's description: invented, and of the shapes that they illustrate."""

from collections.abc import Mapping
from typing import Any

Example = Mapping[str, Any]

_TERM: Example = {
    "id": 118, "petition": 42, "authority": "akimat-ulgi", "kind": "answer", "state": "running",
    "started_on": "2026-11-23", "due_on": "2026-12-22", "days_left": 12, "days_late": 0, "unit": "working_days",
    "stopped_since": None, "extended": False, "met_on": None,
}  # fmt: skip
_PETITION: Example = {
    "id": 42, "url": "https://dauys.example/petitions/42", "state": "under_review",
    "title": "Ауылға жаңа кітапхана салынсын", "language": "kk",
    "author": {"id": 7, "name": "Айгүл Үлгіқызы", "place": "750000000"},
    "co_authors": [],
    "authority": {"code": "akimat-ulgi", "name": "Үлгі ауылының әкімдігі"},
    "tier": "local-executive", "area": "999000001", "rulebook": "kz-2026",
    "opened_at": "2026-09-01T05:00:00Z", "closes_at": "2027-03-01T18:59:59Z",
    "signing": {"open": True, "reason": None},
    "signatures": {"counted": 832, "counting": 832},
    "thresholds": [{
        "milestone": "answer", "count": 20, "formula": "5 % of population up to 50000, else 2500, ceil",
        "base": "population", "base_value": 400, "base_as_of": "2026-01-01", "source": "invented",
        "article": "90-3(4)", "basis": "law", "reached_at": "2026-11-20T09:30:00Z",
    }],
    "terms": [_TERM],
    "answer": None,
}  # fmt: skip
_AUTHORITY: Example = {
    "code": "akimat-ulgi", "name": "Үлгі ауылының әкімдігі", "area": "999000001", "branch": "executive",
    "answers": {
        "due": 12, "on_time": 9, "late": 3, "overdue_now": 1, "median_days": 21.0, "share_on_time": 0.75,
        "interval": [0.4677, 0.9111],
    },
}  # fmt: skip
_AREA: Example = {
    "code": "999000001", "parent": "190000000", "kind": "village", "name": "Үлгі ауылы", "population": 400,
    "as_of": "2026-01-01", "source": "invented", "selectable": True,
}  # fmt: skip
_RULEBOOK: Example = {
    "id": "kz-2026", "url": "https://dauys.example/rules/kz-2026", "version": "2026.1", "title": "Қолданыстағы заң",
    "status": "law", "country": "KZ", "timezone": "Asia/Almaty", "languages": ["kk", "ru", "en"],
    "valid_from": "2026-01-01", "legal_basis": "90-1", "outcomes": ["satisfied", "partly_satisfied", "refused"],
    "tiers": [
        {"id": "local-executive", "area_kinds": ["village"], "branch": "executive", "residents_only": False}
    ],
}  # fmt: skip

_NOTED = {"how_counted": "…"}
_STATISTICS: Example = {
    "as_of": "2026-11-20", "k": 10,
    "funnel": {"note": "funnel", **_NOTED, "rows": [{
        "day": "2026-11-20", "submitted": 1040, "pending": 31, "expired": 112, "invalid": 4, "withdrawn": 9,
        "quarantined": 2, "counted": 882,
    }]},
    "petitions": {
        "note": "petitions", **_NOTED, "rows": [{"month": "2026-11-01", "state": "collecting", "n": 12}],
    },
    "refusals": {"note": "refusals", **_NOTED, "rows": [{"ground": "duplicate", "n": 3}]},
    "stages": {"note": "stages", **_NOTED, "rows": [{"stage": "screening", "n": 14, "median_days": 4.5}]},
    "answers": {
        "note": "answers", **_NOTED, "due": 12, "given": 11, "on_time": 9, "late": 3, "share_on_time": 0.75,
        "interval": [0.4677, 0.9111], "median_days": 21.0, "median_limit": 28.0,
    },
    "areas": {"note": "areas", **_NOTED, "rows": [{
        "area": "750000000", "name": "Алматы қаласы", "count": 420, "suppressed": False, "petitions": 7,
        "population": 2300000, "per_1000": 0.18,
    }]},
}  # fmt: skip


def _rows(item: Example, next_url: str | None = None) -> Example:
    return {"items": [item], "next": next_url}


_NEXT = "https://dauys.example/api/v1/{}?limit=1&cursor={}"
EXAMPLES: Mapping[str, Example] = {
    "Petition": _PETITION,
    "Petitions": _rows(_PETITION, _NEXT.format("petitions", "p42")),
    "Terms": _rows(_TERM, _NEXT.format("terms", "t118")),
    "Authority": _AUTHORITY,
    "Authorities": _rows(_AUTHORITY),
    "Areas": _rows(_AREA),
    "Rulebooks": _rows(_RULEBOOK),
    "Statistics": _STATISTICS,
    "DaysOfPetition": _rows({"date": "2026-11-21", "days": 2, "count": 14, "cumulative": 832}),
    "AreasOfPetition": {
        "items": [
            {
                "area": "750000000",
                "name": "Алматы",
                "count": 640,
                "suppressed": False,
                "population": 2300000,
                "per_1000": 0.28,
            },
            {
                "area": "620000000",
                "name": "Ұлытау облысы",
                "count": None,
                "suppressed": True,
                "population": 221000,
                "per_1000": None,
            },
            {
                "area": "_rest",
                "name": "",
                "count": 190,
                "suppressed": False,
                "population": None,
                "per_1000": None,
            },
        ],
        "next": None,
    },
    "Description": {"openapi": "3.1.0"},
}
PARAMETERS: Mapping[str, Any] = {"lang": "ru", "limit": 20, "q": "кітапхана", "format": "csv"}
PROBLEMS: Mapping[int, Example] = {
    400: {
        "type": "about:blank", "title": "Bad parameter", "status": 400,
        "detail": "limit: Input should be less than or equal to 100", "parameters": ["limit"],
    },
    404: {"type": "about:blank", "title": "Not Found", "status": 404},
    410: {"type": "about:blank", "title": "Gone", "status": 410},
    429: {"type": "about:blank", "title": "Too Many Requests", "status": 429},
    503: {"type": "about:blank", "title": "Service Unavailable", "status": 503},
}  # fmt: skip
