"""A report comes back from its own JSON, and numbers are found by name."""

import json
import math

import pytest

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
    ReportError,
    RowGroup,
    Sample,
    Section,
    Table,
    TestLine,
    UnknownNumberError,
    Verdict,
)

GAIN = Number(
    value=0.031,
    unit="points",
    interval=Interval(low=-math.inf, high=0.05),
    p=0.002,
    name="accuracy.difference",
)
RICH = Report(
    title="All",
    authors=["A"],
    metadata={"type": "free", "tags": ["x"]},
    numbers=[Number(value=1319, name="items")],
    sections=[
        Section(
            "One",
            [
                Paragraph(["b is better by ", GAIN, InlineText("!", "strong")]),
                Bullets(["a", ["b ", GAIN.as_p]]),
                KeyValues([("gain", GAIN), ("n", "40")]),
                Code("x = 1", "python"),
                Callout(text="careful", kind="warning"),
                TestLine(sentence="t(18) = 2.31, p = .033", label="b - a", notes=["paired"]),
                Verdict(claim="b wins", verdict="NOT SUPPORTED", reason=["gain ", GAIN.as_full]),
                References([Reference(key="x", text="X (2020).", url="https://example.org/x")]),
                Provenance([Artifact(path="results.csv", sha256="0" * 64)]),
                Section(
                    "Sub",
                    [
                        Table(
                            columns=("a", Cell("b", ["note"])),
                            rows=[("1", GAIN), (Cell("2", strong=True), "-")],
                            spans=[[ColumnSpan("both", 2)]],
                            groups=[RowGroup("g", 2)],
                            align=("left", "right"),
                        ),
                        IntervalFigure(points=[Point(label="a", value=1, low=0, high=2)]),
                        LineFigure(curves=[Curve(label="c", x=[1], y=[2])]),
                        EcdfFigure(samples=[Sample(label="s", values=[1.0])]),
                    ],
                ),
            ],
        )
    ],
)


def test_a_report_comes_back_from_its_json() -> None:
    again = Report.from_dict(json.loads(RICH.to_json()))

    assert again == RICH
    assert again.to_json() == RICH.to_json()
    assert again.to_markdown() == RICH.to_markdown()
    assert again.to_html() == RICH.to_html()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "Banana"}, "unknown type 'Banana'"),
        ({}, "needs the field 'title'"),
        ({"title": "t", "colour": "red"}, "no field 'colour'"),
        ({"title": "t", "sections": [{"type": "Section", "title": "s"}]}, r"needs.*'blocks'"),
        ({"title": 3}, "expected text"),
    ],
)
def test_json_that_does_not_fit_is_refused_with_its_place(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        Report.from_dict(values)
    with pytest.raises(ReportError, match="dictionary"):
        Report.from_dict([values])  # type: ignore[arg-type]  # what a user may pass by mistake


def test_a_number_is_found_by_its_name() -> None:
    assert RICH["accuracy.difference"] == GAIN
    assert str(RICH["accuracy.difference"]) == "+3.1 pp"
    assert RICH["items"].text == "1,319"
    assert list(RICH.named_numbers) == ["accuracy.difference", "items"]
    with pytest.raises(UnknownNumberError, match=r"did you mean 'accuracy.difference'"):
        RICH["accuracy.diference"]
    with pytest.raises(KeyError, match="items"):
        RICH["x"]


def test_two_different_numbers_of_one_name_are_refused() -> None:
    other = Number(value=0.032, unit="points", name="accuracy.difference")

    with pytest.raises(ReportError, match="two different numbers"):
        Report(title="t", sections=[Section("s", [Paragraph([GAIN, other])])])
    with pytest.raises(ReportError, match="has no name"):
        Report(title="t", numbers=[Number(value=1)])


def test_an_address_with_another_scheme_is_refused() -> None:
    for url in ("javascript:alert(1)", "https://a b", "https://a>b", "data:text/html,x"):
        with pytest.raises(ReportError, match="not an http or https address"):
            Reference(key="x", text="x", url=url)
