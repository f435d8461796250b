"""The page shows every text as it is, needs nothing from outside and runs nothing."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Bullets,
    Callout,
    Code,
    Curve,
    EcdfFigure,
    InlineText,
    IntervalFigure,
    KeyValues,
    LineFigure,
    Paragraph,
    Point,
    Report,
    Sample,
    Section,
    Table,
    TestLine,
    render,
)

VOID = {"meta", "line", "circle"}


class Page(HTMLParser):
    """Collects the tags and the texts, and checks that the tags are nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.inside: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
            if tag in ("td", "th", "p", "li", "dd", "title", "h1", "h2", "caption", "text"):
                self.texts.append("")
                self.inside.append(len(self.open))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            if self.inside and self.inside[-1] == len(self.open):
                self.inside.pop()
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def everything(text: str) -> Report:
    return Report(
        title=text or "t",
        subtitle=text,
        banner=text,
        authors=(text,),
        sections=[
            Section(
                text,
                [
                    Paragraph([text, InlineText(text, "strong"), InlineText(text, "code")]),
                    Bullets([text]),
                    KeyValues([(text, text)]),
                    Code(text, text),
                    Callout(text=text),
                    Table(columns=(text,), rows=[(text,)], caption=text, notes=text),
                    IntervalFigure(
                        points=[Point(label=text, value=1.0, low=0.0, high=2.0)],
                        caption=text,
                        axis=text,
                        reference=0.0,
                    ),
                    LineFigure(
                        curves=[Curve(label=text, x=[0, 1], y=[1, 2])],
                        caption=text,
                        x_axis=text,
                        y_axis=text,
                    ),
                    EcdfFigure(samples=[Sample(label=text, values=[1])], caption=text, axis=text),
                    TestLine(sentence=text, label=text, notes=[text]),
                    Section(text, [Paragraph(text)]),
                ],
            )
        ],
    )


def test_a_hostile_text_is_only_ever_text(hostile: str) -> None:
    plain, page = Page(render(everything("x"), "html")), Page(render(everything(hostile), "html"))

    assert "script" not in page.tags
    if hostile:
        shown = [text.replace("\r\n", "\n") for text in page.texts]
        assert page.tags == plain.tags
        assert set(page.attributes) - set(plain.attributes) <= {("aria-label", hostile)}
        assert hostile.replace("\r\n", "\n") in shown


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_text_comes_back_from_the_page(text: str) -> None:
    report = Report(title="t", sections=[Section("s", [Table(columns=("a",), rows=[(text,)])])])

    page = Page(render(report, "html"))

    assert text in page.texts


def test_the_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    page = render(everything("x"), "html")

    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert not {name for name, _ in Page(page).attributes if name.startswith("on")}


def test_tables_say_what_their_heads_are() -> None:
    report = Report(
        title="t",
        sections=[Section("s", [Table(columns=("n", "v"), rows=[("a", "1")], caption="C")])],
    )

    page = render(report, "html")

    assert '<th scope="col" class="left">n</th><th scope="col" class="right">v</th>' in page
    assert '<th scope="row" class="left">a</th><td class="right">1</td>' in page
    assert "<caption>C</caption>" in page


def test_a_figure_of_equal_values_and_of_tiny_ones_can_be_drawn() -> None:
    for value in (0.0, 1e-9, -3.5, 1e9):
        figure = IntervalFigure(
            points=[Point(label="a", value=value), Point(label="b", value=value)]
        )

        page = render(Report(title="t", sections=[Section("s", [figure])]), "html")

        assert page.count("<circle") == 2
        assert "nan" not in page
