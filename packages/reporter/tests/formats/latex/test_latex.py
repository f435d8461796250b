"""LaTeX shows every text as it is, compiles with recommended packages, and names its numbers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Cell,
    Code,
    IntervalFigure,
    Number,
    Paragraph,
    Point,
    Report,
    ReportError,
    Section,
    Table,
    render,
    render_files,
    write,
)
from reporter._checks.plain import plain_text
from reporter._formats.latex.symbols import ACCENTS, SYMBOLS
from reporter._formats.latex.text import escape
from reporter._formats.latex.values import macro_name, macro_names, values_tex

needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("pdftotext") is None,
    reason="needs pdflatex (texlive-latex-recommended) and pdftotext (poppler-utils)",
)
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=28)


def compiled(path: Path, engine: str = "pdflatex") -> str:
    """The text of the PDF that TeX makes of a file."""
    made = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", path.name],
        cwd=path.parent,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    pdf = path.with_suffix(".pdf").name
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], cwd=path.parent, capture_output=True, check=True
    )
    return text.stdout.decode()


@given(PLAIN)
def test_pylatexenc_reads_the_text_back(text: str) -> None:
    latex2text = pytest.importorskip("pylatexenc.latex2text")
    converter = latex2text.LatexNodes2Text(strict_latex_spaces=True, math_mode="text")

    latex = escape(text)
    for unknown, sign in (("less", "<"), ("greater", ">"), ("quotedbl", '"'), ("bar", "|")):
        latex = latex.replace(rf"\text{unknown}{{}}", sign)
    shown = converter.latex_to_text(latex)

    for sign, plain in (("\u2212", "-"), ("\u2019", "'"), ("\u00a0", " "), ("\u02c6", "^")):
        shown = shown.replace(sign, plain)
    assert " ".join(shown.split()) == " ".join(text.split())


@pytest.mark.slow
@given(st.text(max_size=60))
def test_any_text_is_ascii_and_runs_no_command_of_its_own(text: str) -> None:
    escaped = escape(text)

    assert escaped.isascii()
    commands = set(re.findall(r"\\(?:[A-Za-z]+|[^A-Za-z])", escaped))
    known = "".join([*SYMBOLS.values(), *ACCENTS.values()])
    own = {rf"\report{name}" for name in ("char", "rtl", "ltr", "mirror")}
    assert all(c in known or c in {*own, r"\allowbreak", r"\i", r"\j"} for c in commands)
    bare = re.sub(r"\\.", "", escaped)
    assert bare.count("{") == bare.count("}")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a-b -3.1 [-0.2, x-1]", r"a-{}b $-$3.1 {[}$-$0.2,{} x-{}1{]}"),
        ("91.2 %", r"91.2~\%"),
        ("\u00e9 e\u0301 \u00ef", r"\'{e} \'{e} " + '\\"{\\i}'),
        ("\u4e2d", r"\reportchar{4E2D}"),
        ("\u05e9", r"\reportrtl{\reportchar{05E9}}"),
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
    ],
)
def test_signs_have_their_commands(text: str, latex: str) -> None:
    assert escape(text) == latex


@needs_tex
@pytest.mark.parametrize("layout", ["latex", "latex-twocolumn"])
def test_a_report_with_every_block_compiles_and_has_its_numbers(
    rich: Report, layout: str, tmp_path: Path
) -> None:
    text = compiled(write(rich, tmp_path / "r.tex", layout))

    for part in ("91.2 %", "[89.6 %, 92.6 %]", "1,812.3 ms", "$0.4700 per 1,000 queries", "Müller"):
        assert part in text
    assert "print('a b') # 100 % {ok} \\end{verbatim}" in " ".join(text.split())


@pytest.mark.slow
@needs_tex
def test_a_report_compiles_where_only_bitmap_fonts_are_installed(
    rich: Report, tmp_path: Path
) -> None:
    path = write(rich, tmp_path / "r.tex")
    source = path.read_text(encoding="utf-8")
    assert "lmodern.sty" in source
    path.write_text(source.replace("lmodern.sty", "no-outlines.sty"), encoding="utf-8")

    assert "91.2 %" in compiled(path)


@needs_tex
def test_hostile_texts_compile_everywhere(hostile_texts: list[str], tmp_path: Path) -> None:
    blocks = [
        block
        for text in hostile_texts
        for block in (
            Paragraph(text),
            Code(text),
            Table(
                columns=(text, "x"),
                rows=[(text, "1"), ("[1pt]", "*"), (Cell(text, ["n" + text]), "2")],
                caption=text,
                notes=text,
                label=text,
            ),
        )
    ]
    report = Report(title="t", authors=hostile_texts, sections=[Section("s", blocks)])

    text = compiled(write(report, tmp_path / "h.tex"))

    assert "[1pt]" in text
    assert "\\write18" in text


@pytest.mark.slow
@needs_tex
@pytest.mark.parametrize("layout", ["latex", "latex-twocolumn"])
def test_many_figures_and_tables_in_a_row_compile(layout: str, tmp_path: Path) -> None:
    figures = [
        IntervalFigure(points=[Point(label=f"p{at}", value=1.0)], caption=f"Figure {at}")
        for at in range(80)
    ]
    tables = [Table(columns=("a",), rows=[(f"row {at}",)], caption="T") for at in range(60)]
    long = Table(columns=("a",), rows=[(f"line {at}",) for at in range(5000)], caption="Long")
    report = Report(title="t", sections=[Section("s", [*figures, *tables, long])])

    text = compiled(write(report, tmp_path / "m.tex", layout))

    assert all(f"p{at}" in text for at in range(80))
    assert all(f"row {at}" in text for at in range(60))


def test_few_figures_end_no_page() -> None:
    figures = [IntervalFigure(points=[Point(label="p", value=1.0)]) for _ in range(12)]

    tex = render(Report(title="t", sections=[Section("s", [*figures, Paragraph("end")])]), "latex")

    before, _, _ = tex.partition(r"\section{Numbers of the figures}")
    assert before.count(r"\clearpage") == 2  # one behind the twelfth, one before the numbers


@needs_tex
def test_a_table_can_be_an_input_of_another_document(rich: Report, tmp_path: Path) -> None:
    write(rich, tmp_path / "r.tex")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,tabularx}\n"
        "\\input{r_values}\\begin{document}\\input{r_table_1}\n"
        "The gain is \\valAccuracyGain{} (\\valAccuracyGainInterval).\\end{document}\n"
    )

    text = compiled(tmp_path / "paper.tex")

    assert "The gain is +3.1 pp (95 % CI [+1.2 pp, +5.0 pp])." in " ".join(text.split())
    assert "91.2 %" in text


def test_each_table_and_the_numbers_are_files_of_their_own(rich: Report) -> None:
    files = render_files(rich, "latex", stem="r")

    assert list(files) == ["r.tex", "r_values.tex", "r_table_1.tex"]
    assert files["r_table_1.tex"].decode() in files["r.tex"].decode()
    assert r"\newcommand{\valAccuracyGain}{+3.1 pp}" in files["r_values.tex"].decode()


def test_names_that_would_share_a_macro_have_every_sign_spelled() -> None:
    assert macro_name("latency.p99_hedged") == "valLatencyPNineNineHedged"
    names = ("a.b", "a_b", "A-b", "x", "x.p", "plain")
    numbers = {name: Number(value=1, name=name, p=0.5) for name in names}

    macros = macro_names(numbers)

    assert macros["plain"] == "valPlain"
    assert [macros[name] for name in names[:3]] == ["valaDotb", "valaUnderscoreb", "valADashb"]
    assert macros == macro_names(dict(reversed(numbers.items())))
    defined = re.findall(r"\\newcommand\{(.*?)\}", values_tex(numbers))
    assert len(defined) == len(set(defined)) == 3 * len(names)


def test_two_names_with_one_macro_are_refused() -> None:
    with pytest.raises(ReportError, match="both give the LaTeX macro"):
        values_tex({name: Number(value=1, name=name) for name in ("a.b", "a_b", "aDotb", "a-Dotb")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("say \u05e9\u05dc\u05d5\u05dd now", "say {rtl:\u05e9\u05dc\u05d5\u05dd} now"),
        ("\u05d0 12.5 \u05d1, a", "{rtl:\u05d0 {ltr:12.5} \u05d1}, a"),
        ("a \u0627 (\u0628) 7", "a {rtl:\u0627 \\reportmirror{(}{)}\u0628\\reportmirror{)}{(}} 7"),
        ("a (\u0627 \u0628) \u0627", "a ({rtl:\u0627 \u0628}) {rtl:\u0627}"),
        ("\u0627 {\u0628} [\u0627", "{rtl:\u0627} \\{{rtl:\u0628}\\} {[}{rtl:\u0627}"),
        ("a \u0627 b \u0628", "a {rtl:\u0627} b {rtl:\u0628}"),
    ],
)
def test_text_from_right_to_left_is_a_run_of_its_own(text: str, expected: str) -> None:
    tex = escape(text).replace(",{}", ",")
    tex = re.sub(r"\\reportchar\{(\w+)\}", lambda match: chr(int(match[1], 16)), tex)

    assert tex.replace(r"\reportrtl{", "{rtl:").replace(r"\reportltr{", "{ltr:") == expected
    assert plain_text(escape(text), "latex") == text


@pytest.mark.skipif(
    shutil.which("lualatex") is None or shutil.which("pdftotext") is None,
    reason="needs lualatex and pdftotext",
)
def test_lualatex_sets_right_to_left_text_in_its_order(tmp_path: Path) -> None:
    if not subprocess.run(
        ["kpsewhich", "luaotfload.sty"], capture_output=True, check=False
    ).stdout.strip():
        pytest.skip("luaotfload is not installed")
    texts = [Paragraph("begin \u05d0\u05d1 12 \u05d2\u05d3 end"), Paragraph("emoji \U0001f600")]
    write(Report(title="t", sections=[Section("s", texts)]), tmp_path / "r.tex")
    tex = (
        (tmp_path / "r.tex")
        .read_text()
        .replace("{fontspec}", "{fontspec}\\setmainfont{DejaVu Sans}")
    )
    (tmp_path / "r.tex").write_text(tex)

    text = compiled(tmp_path / "r.tex", "lualatex")

    # On paper the first word stands right of the number, and the second word left of it.
    places = [text.index(part) for part in ("begin", "\u05d2\u05d3", "12", "\u05d0\u05d1", "end")]
    assert places == sorted(places)
    assert "emoji" in text


def test_a_long_table_goes_on_in_further_floats() -> None:
    table = Table(columns=("n",), rows=[(str(n),) for n in range(95)], caption="All", label="tab:x")

    text = render(Report(title="t", sections=[Section("s", [table])]), "latex")

    assert text.count(r"\begin{table}") == 3
    assert text.count("All (continued)") == 2
    assert text.count(r"\label{tab:x}") == 1


@pytest.mark.slow
def test_a_very_long_table_shows_its_beginning_and_says_so() -> None:
    table = Table(columns=("n",), rows=[(str(n),) for n in range(100_000)])
    report = Report(title="t", sections=[Section("s", [table])])

    for name in ("latex", "html", "markdown", "typst"):
        text = render(report, name)
        assert "of 100,000 rows" in text.replace("{}", "")
        assert len(text) < 300_000
    assert render_files(report, "csv")["report_table_1.csv"].count(b"\n") == 100_001


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u0310", r"a\reportchar{0310}"),
        ("x\u20d7", r"x\reportchar{20D7}"),
        ("e\u0310\u0301", r"\'{e\reportchar{0310}}"),
    ],
)
def test_a_mark_without_an_accent_is_its_code(text: str, shown: str) -> None:
    assert escape(text) == shown
