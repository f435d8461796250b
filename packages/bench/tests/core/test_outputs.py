"""Every kind of result prints as a sentence, and as text, Markdown, LaTeX, HTML and JSON."""

import inspect
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bench
from bench import Statistics

Make = Callable[[], object]
_draw = np.random.default_rng(0)
_A, _B, _C = (_draw.normal(index * 0.3, 1, 25) for index in range(3))
_X, _Y = (_draw.random((2, 40)) < 0.6).astype(float)
_JUDGED = _draw.random(40)
_ROWS = {"y": list(_A[:24]), "f": list("ab" * 12), "who": [f"p{n % 6}" for n in range(24)]}
_HISTORY = {name: (_draw.random(100) < 0.6).astype(int).tolist() for name in "abc"}
_GAMES = [("a", "b", 1), ("b", "a", 1), ("a", "b", 0)]

KINDS: Mapping[str, Make] = {
    "Comparison": lambda: bench.compare(_A, _B),
    "Comparison of pairs": lambda: bench.compare_paired(_X, _Y),
    "Comparison of quantiles": lambda: bench.compare_quantile(_A, _B, quantile=0.9),
    "ManyComparison": lambda: bench.compare_many([_A, _B, _C]),
    "ManyComparison of pairs": lambda: bench.compare_many_paired([_A, _B, _C]),
    "EffectSize": lambda: bench.cohens_d(_A, _B),
    "Interval": lambda: bench.mean_interval(_A),
    "PairwiseTable": lambda: bench.posthoc([_A, _B, _C]),
    "Pair": lambda: bench.posthoc([_A, _B, _C]).rows[0],
    "Equivalence": lambda: bench.equivalence(_A, _B, low=-0.5, high=0.5),
    "Description": lambda: bench.describe(_A),
    "Power": lambda: bench.power("t", effect=0.5, n=30),
    "BudgetPlan": lambda: bench.plan_budget(0.5, budget_usd=10, cost_per_item_usd=0.01),
    "DetectableEffect": lambda: bench.minimum_detectable_effect(_A, _B),
    "EvalScore": lambda: bench.eval_score(_X),
    "EvalComparison": lambda: bench.eval_compare(_X, _Y),
    "PassRate": lambda: bench.pass_at_k([5] * 9, [3] * 9, k=2),
    "BayesFactor": lambda: bench.bayes_t(_A, _B),
    "Posterior": lambda: bench.bayes_mean(_A, _B),
    "ConfidenceSequence": lambda: bench.confidence_sequence(_X),
    "SequentialTest": lambda: bench.sequential_mcnemar(_X, _Y),
    "GroupSequential": lambda: bench.group_sequential(3),
    "Calibration": lambda: bench.calibration(_JUDGED, _X),
    "ClusteredMean": lambda: bench.clustered_mean(_A, [n % 12 for n in range(25)]),
    "Pooled": lambda: bench.pool_scores({"a": _A, "b": _B}),
    "ABTest": lambda: bench.ab_test(_A, _B),
    "Ablation": lambda: bench.ablation(_X, _Y, component="tools"),
    "Sweep": lambda: bench.sweep({"1": _X, "2": _Y, "3": _X}),
    "Corrected": lambda: bench.correct_multiple_comparisons(
        [bench.compare(_A, _B), bench.compare(_A, _C)]
    ),
    "Preferences": lambda: bench.bradley_terry(_GAMES),
    "PoweredMean": lambda: bench.prediction_powered_mean(_X[:20], _Y[:20], _Y[20:]),
    "Contrasts": lambda: bench.contrasts(
        {"y": _X[:20], "a": list("ab") * 10}, outcome="y", factors=["a"], of="a"
    ),
    "AnovaTable of strata": lambda: bench.mixed_anova(
        {
            "y": [0.1, 0.7, 0.4, 1.1, 0.3, 0.2, 0.9, 0.8, 0.5, 1.4, 0.6, 1.3],
            "id": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
            "a": list("ppqqppqqppqq"),
            "b": list("xy") * 6,
        },
        outcome="y",
        id="id",
        between="a",
        within="b",
    ),
    "PoweredComparison": lambda: bench.prediction_powered_compare(
        {"a": [*_X[:20], *[None] * 20], "b": [*_Y[:20], *[None] * 20]},
        {"a": _X[:40], "b": _Y[:40]},
    ),
    "AssistedDesign": lambda: bench.assisted_design(_HISTORY, n=40),
    "AssistedMean": lambda: bench.assisted_mean(
        bench.assisted_design(_HISTORY, n=40), {place: place % 2 for place in range(100)}
    ),
    "GeneralizedAccuracy": lambda: bench.generalized_accuracy({"a": _X, "b": _Y}),
    "JudgedRate": lambda: bench.judged_rate([1, 1, 0, 0], [1, 1, 0, 1], _Y),
    "MetaAnalysis": lambda: bench.meta_analysis([0.1, 0.2, 0.4], [0.1, 0.1, 0.2]),
    "MetaStudy": lambda: bench.meta_analysis([0.1, 0.2], [0.1, 0.1]).studies[0],
    "RepeatsOrItems": lambda: bench.repeats_or_items([[1, 0], [1, 1], [0, 0]]),
    "ReliabilityProfile": lambda: bench.reliability_profile([[1, 0], [1, 1]], resamples=100),
    "CurveFits": lambda: bench.fit_curves([1, 2, 3, 4, 5, 6], [0.5, 0.6, 0.65, 0.67, 0.68, 0.7]),
    "CurveFit": lambda: bench.fit_curves([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6.1]).best,
    "ExactBootstrap": lambda: bench.exact_bootstrap([1.0, 2.0, 4.0]),
    "AnovaTable": lambda: bench.factorial_anova(_ROWS, outcome="y", factors=["f"]),
    "MixedModel": lambda: bench.mixed_model(_ROWS, outcome="y", fixed=["f"], random="who"),
}


class _Tags(HTMLParser):
    """The tags of a document, checked to be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def made(kind: str) -> bench.Comparison:
    """A result of this kind; all kinds share the outputs of a comparison."""
    if kind == "MixedModel":
        pytest.importorskip("statsmodels")
    found = KINDS[kind]()
    assert type(found).__name__ == kind.split(maxsplit=1)[0]
    return found  # type: ignore[return-value]  # see above


def test_no_kind_of_result_is_missing_here() -> None:
    public = {name: getattr(bench, name) for name in bench.__all__}
    kinds = {name for name, each in public.items() if inspect.isclass(each)}
    kinds = {name for name in kinds if hasattr(public[name], "summary")}

    assert kinds - {Statistics.__name__} == {kind.split()[0] for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_reads_as_a_sentence_and_as_a_table(kind: str) -> None:
    result = made(kind)

    sentence, text, markdown = str(result), result.summary(), result.summary("markdown")

    assert sentence
    assert "object at 0x" not in sentence + text
    assert not re.search(r"[a-z]\w*\(\w+=", sentence), "a repr is no sentence"
    cells = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in cells}) == 1
    assert text.splitlines()[0] == result.table().title


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_data_that_every_json_reader_takes(kind: str) -> None:
    result = made(kind)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    data = json.loads(result.summary("json"), parse_constant=refuse)

    assert data == json.loads(json.dumps(result.to_dict()))
    assert data


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_a_table_in_a_notebook(kind: str) -> None:
    tags = _Tags()

    tags.feed(made(kind)._repr_html_())

    assert tags.open == []
    assert {"table", "caption", "th", "td"} <= tags.seen


@pytest.mark.parametrize("kind", KINDS)
def test_latex_has_only_characters_that_every_engine_knows(kind: str) -> None:
    source = made(kind).summary("latex")

    body = source.split(r"\begin{tabular}")[1]
    assert source.isascii(), [sign for sign in source if not sign.isascii()]
    assert not re.search(r"(?<!\\)[%#_]", source)
    columns = re.search(r"\{(l?r*)\}", body)
    assert columns is not None
    rows = re.findall(r"^(.*) \\\\$", body, flags=re.MULTILINE)
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(columns[1])}


def test_the_latex_of_all_results_compiles(tmp_path: Path) -> None:
    pytest.importorskip("statsmodels")
    compiler = shutil.which("pdflatex")
    if compiler is None:
        pytest.skip("install texlive-latex-base to compile the tables")
    tables = [made(kind).summary("latex") for kind in KINDS]
    head = r"\documentclass{article}\usepackage{booktabs}\begin{document}"
    paper = "\n\\clearpage\n".join([head, *tables, r"\end{document}"])
    (tmp_path / "paper.tex").write_text(paper, encoding="utf-8")

    run = subprocess.run(
        [compiler, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert run.returncode == 0, run.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000


def test_names_from_outside_are_escaped_in_every_format() -> None:
    name = "<b>50%_&|$"

    result = bench.compare_many({name: _A, "other": _B, "third": _C})

    assert "<b>" not in result.summary("html")
    assert "<b>" not in result.summary("markdown")
    assert not re.search(r"(?<!\\)[%_$]50|(?<!\\)%", result.summary("latex"))


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(bench.InvalidOptionError, match="markdown"):
        bench.compare(_A, _B).summary("docx")  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("format", ["text", "markdown", "latex", "html", "json"])
def test_every_format_of_a_hostile_name_is_escaped(format: Any) -> None:
    many = bench.compare_many(
        {"<script>_a&b%": [1.0, 2.0, 4.0], "b|c": [2.0, 5.0, 3.0], "d": [0.5, 2.5, 1.0]}
    )

    text = many.summary(format)

    if format in ("html", "markdown"):
        assert "<script>" not in text
    if format == "latex":
        assert r"\_a\&b\%" in text
