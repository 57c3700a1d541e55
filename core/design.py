"""The living page of all components, `/design`; not in production."""

from flask import Blueprint, Response
from markupsafe import Markup

from core.access import public
from core.chart_rows import Band, Dots, bands, dot_list
from core.charts import Bar, Chart, Ends, Stair, bar_list, spark, steps
from core.web import page

bp = Blueprint("design", __name__)
ENDS = Ends("1 қыркүйек", "14 қазан")
GROWTH = [(0, 0), (1, 120), (2, 168), (6, 301), (9, 466), (15, 702), (22, 832), (30, 941), (43, 1204)]


@bp.get("/design")
@public
def show() -> Response:
    """Every component in all its states."""
    return page("design.html", charts=_charts())


def _charts() -> list[Chart]:
    """Charts with much, little and nothing to draw, reached thresholds, limits, and what is not shown."""
    places = [
        Bar("Солтүстік Қазақстан облысы", 5.39, "5,39 (2 773)", "#"),
        Bar("Алматы қаласы", 2.4, "2,4 (5 603)", "#"),
        Bar("Ұлытау облысы", 0, "0", "#"),
        Bar("Тағы 8 аумақ", None, "көрсетілмейді"),
    ]
    answers = [
        Bar("14-петиция", 26, "26 күн, уақытында", "#", 33),
        Bar("21-петиция", 47, "47 күн, кешіккен", "#", 33),
    ]
    months = [Band("Қол жиналуда", "14", [0, 1, 2, 0, 4, 7]), Band("Жауап берілді", "9", [3, 2, 0, 0, 4, 0])]
    cases = [
        Dots("Барлық орган", "6 жауап · 88%", [62, 79, 76, 97, 133, 147], 88),
        Dots("Оқу-ағарту министрлігі", "1 жауап · 97%", [97], 97),
        Dots("Көлік министрлігі", "0 жауап", [], None),
    ]
    return [
        _chart("growth", "Күн сайынғы қолтаңбалар", Stair(GROWTH, ENDS, "1 204", 1000, "Шек: 1 000")),
        _chart(
            "early", "Бір ғана күн", Stair([(1, 12)], Ends("13 қазан", "14 қазан"), "12", 1000, "Шек: 1 000")
        ),
        _chart("none", "Әлі ештеңе жоқ", Stair([], ENDS, "")),
        _listed("places", "1 000 тұрғынға шаққанда", bar_list("places", places, columns=True)),
        _listed("answers", "Жауап пен мерзім", bar_list("answers", answers)),
        _listed("cases", "Әр жауап – бір нүкте", dot_list(cases, 100)),
        _listed("months", "Айлар", bands("months", "Айлар", "Екі күй", months, Ends("мамыр", "қазан"))),
        _listed("line", "Осьсіз сызық", spark("line", "Өсім", "Өседі", [y for _x, y in GROWTH])),
    ]


def _chart(key: str, title: str, stair: Stair) -> Chart:
    rows = [[f"{x}", f"{y}"] for x, y in stair.points]
    text = "14 қазанда шектен асты."
    return Chart(
        key, title, text, steps(key, title, text, stair), ["Күні", "Қолтаңба"], rows, how="Күн соңында."
    )


def _listed(key: str, title: str, drawing: Markup) -> Chart:
    text = "Сызықталғаны көрсетілмейді."
    return Chart(
        key, title, text, drawing, ["Аумақ", "Саны"], [["Алматы қаласы", "5 603"]], downloads=[("#", "CSV")]
    )
