"""Shared by the tests of the reporter."""

import math

import pytest
from hypothesis import HealthCheck, settings

from reporter import (
    Artifact,
    Bullets,
    Callout,
    Cell,
    Code,
    ColumnSpan,
    Curve,
    EcdfFigure,
    InlineText,
    Interval,
    IntervalFigure,
    KeyValues,
    LineFigure,
    Number,
    Paragraph,
    Point,
    Provenance,
    Reference,
    References,
    Report,
    RowGroup,
    Sample,
    Section,
    Table,
    TestLine,
    Verdict,
)

# A machine under load is slow at times; how long an example takes is not what is tested.
settings.register_profile("crucible", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crucible")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


HOSTILE = [
    "<script>alert(1)</script>",
    "a | b \\| c",
    "# not a heading",
    "1. not a list",
    "- nor this",
    "*stars* _lines_ `ticks` ~~tildes~~",
    "[link](javascript:alert(1))",
    "![image](http://example.org/x.png)",
    "http://example.org and www.example.org and me@example.org",
    "&lt;entity&gt; &#35;",
    "back\\slash \\",
    "line\nbreak\r\nand\ttab",
    "$x^2$ and {{ braces }}",
    "> quote",
    "+ plus",
    "===",
    "",
]


MORE_HOSTILE = [
    r"\input{/etc/passwd} \write18{touch x} $$ \end{document} ^^5cdef",
    '#read("/etc/passwd") #import "x" \\(1) $ x $ @ref <label> // comment /* */',
    "a" * 200,
    "e\u0301\u0323 \u0300 \u05e9\u05dc\u05d5\u05dd \U0001f600 \u4e2d\u6587 \u200d \ufeff",
    "{}} {{{ }",
    "%",
    "~~ -- --- ?` !` ,, << >> '' ``",
    "\x00\x1b[31m \ud83d",
]


@pytest.fixture(scope="session")
def hostile_texts() -> list[str]:
    """Every hostile text, with those that aim at LaTeX and Typst."""
    return [*(text for text in HOSTILE if text), *MORE_HOSTILE]


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """A text that must be shown and must not be obeyed."""
    return str(request.param)


LETTERS = "naïve Ünïcödé: α ≤ β, 3 × 10², “quotes” — Ž ẑ e\u0301 a\u0323"  # noqa: RUF001
GAIN = Number(
    value=0.031,
    unit="points",
    interval=Interval(low=0.012, high=0.05),
    p=0.0016,
    direction="higher",
    name="accuracy.gain",
)


def accuracy(value: float, low: float, high: float, name: str) -> Number:
    interval = Interval(low=low, high=high)
    return Number(value=value, unit="share", interval=interval, name=name, direction="higher")


def rich_report() -> Report:
    """A report with every block, and texts that are hard for one format or another."""
    first = accuracy(0.912, 0.896, 0.926, "accuracy.a")
    second = accuracy(0.943, 0.929, 0.954, "accuracy.b")
    price = Number(value=0.00047, unit="usd_per_query", name="cost.b", direction="lower")
    latency = Number(value=1812.345, unit="ms", interval=Interval(low=1700, high=2010.5))
    signs = r"_ & % $ # { } ~ ^ \ < > | \"quoted\" 'single' `tick` -- ?` !` [x] *y*"
    table = Table(
        columns=("Model", Cell("Accuracy", ["Exact match"]), "Interval", "Latency", "Cost"),
        rows=[
            (
                "a_1",
                first,
                first.as_interval,
                latency,
                Cell("-", ["No price known", "Exact match"]),
            ),
            (Cell("b & c", strong=True), second, second.as_interval, "812.3 ms", price),
        ],
        spans=[[ColumnSpan("", 1), ColumnSpan("Quality", 2), ColumnSpan("Resources", 2)]],
        groups=[RowGroup("Baseline", 1), RowGroup("Treatment", 1)],
        caption="Results by model",
        notes="Repeats of an item are averaged.",
        label="tab:results",
    )
    return Report(
        title="Two models on GSM8K: 100 % of it & more",
        subtitle="A report with every block",
        authors=["A. Müller", "Łukasz Ñandú"],
        date="2026-11-28",
        banner="SIMULATED: these numbers show how the report works",
        numbers=[Number(value=1319, name="items", unit="count")],
        sections=[
            Section(
                "Summary",
                [
                    Paragraph(
                        [
                            "Model b is better by ",
                            GAIN.as_full,
                            ", ",
                            InlineText("paired", "strong"),
                        ]
                    ),
                    Verdict(
                        claim="b is at least 1 pp more accurate",
                        verdict="SUPPORTED",
                        reason=["Gain ", GAIN.as_full, "."],
                    ),
                    Callout(text="2 rows failed", kind="warning"),
                    Bullets(["one", ["two ", InlineText("code_x", "code")], "[three]"]),
                ],
            ),
            Section(
                "Results",
                [
                    table,
                    TestLine(
                        label="b against a",
                        sentence="t(18) = 2.31, p = .033, d = 1.03, 95 % CI [0.08, 1.96]",
                        notes=["Paired by item"],
                    ),
                    Section(
                        "Figures",
                        [
                            IntervalFigure(
                                points=[
                                    Point(label="a_1", value=0.912, low=0.896, high=0.926),
                                    Point(label="b & c", value=0.943, low=0.929, high=0.954),
                                ],
                                axis="accuracy [%]",
                                caption="Accuracy with its 95 % interval",
                                reference=0.9,
                            ),
                            LineFigure(
                                curves=[
                                    Curve(label="vote", x=[1, 3, 5], y=[0.912, 0.943, 0.951]),
                                    Curve(label="best", x=[1, 3, 5], y=[0.912, 0.92, 0.925]),
                                ],
                                x_axis="models",
                                y_axis="accuracy",
                                caption="Accuracy by the number of models",
                            ),
                            EcdfFigure(
                                samples=[
                                    Sample(label="single", values=[310.0, 420.5, 380.2, 2900.0]),
                                    Sample(label="hedged", values=[305.1, 410.0, 377.8, 640.3]),
                                ],
                                axis="latency [ms]",
                                log=True,
                                caption="Latency",
                            ),
                        ],
                    ),
                ],
            ),
            Section(
                "Texts",
                [
                    Paragraph(signs),
                    Paragraph(LETTERS),
                    Paragraph("emoji 😀, Hebrew שלום, Chinese 中文, " + "long" * 50),
                    Code("if x < 3:\n    print('a  b')  # 100 % {ok} \\end{verbatim}", "python"),
                    KeyValues([("n", "40"), ("gain", GAIN), ("unknown", Number(value=math.nan))]),
                ],
            ),
            Section(
                "Sources",
                [
                    References(
                        [
                            Reference(
                                key="cohen1988",
                                text="Cohen, J. (1988). Statistical power analysis.",
                                url="https://example.org/cohen_1988?x=1&y=2",
                            )
                        ]
                    ),
                    Provenance([Artifact(path="results.csv", sha256="0a" * 32)]),
                ],
            ),
        ],
    )


@pytest.fixture(scope="session")
def rich() -> Report:
    return rich_report()
