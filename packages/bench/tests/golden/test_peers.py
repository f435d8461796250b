"""Values of statsmodels 0.15, pingouin 0.7, scikit-learn, lifelines 0.30 and scipy, as printed."""

from typing import Any

import pytest

import bench

FIRST, SECOND = [1, 2, 3, 4, 5, 3, 2, 4, 1, 1, 5, 2], [1, 3, 3, 5, 5, 2, 2, 4, 2, 1, 4, 5]
RATINGS = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
EFFECTS, ERRORS = [0.1, 0.3, 0.35, 0.65, 0.2], [0.1, 0.15, 0.12, 0.2, 0.1]
SIZES = [1, 2, 3, 4, 5, 7, 9, 11, 15]
ACCURACY = [0.5, 0.58, 0.63, 0.66, 0.685, 0.71, 0.72, 0.735, 0.74]
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def split_plot() -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "topic": "ab"[item % 2],
            "prompt": f"p{prompt}",
            "score": (item * 7 % 11) / 3
            + prompt * (item % 2) / 2
            + (item * 5 + prompt * 3) % 7 / 4,
        }
        for item in range(18)
        for prompt in range(3)
    ]


def unbalanced() -> list[dict[str, Any]]:
    return [
        {
            "m": "abc"[place % 3],
            "p": "xy"[place // 3 % 2],
            "l": place * 7 % 13 / 5,
            "s": place % 3 / 2 + place * 7 % 13 / 15 + place * 11 % 17 / 8,
        }
        for place in range(31)
    ]


@pytest.mark.parametrize(
    ("weights", "value"),
    [
        ("none", 0.3739130434782608),
        ("linear", 0.5932203389830508),
        ("quadratic", 0.7227722772277227),
    ],
)
def test_kappa_is_that_of_scikit_learn(weights: Any, value: float) -> None:
    """sklearn.metrics.cohen_kappa_score(FIRST, SECOND, weights=...)."""
    assert bench.agreement(FIRST, SECOND, weights=weights).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("kind", "average", "value", "ends"),
    [
        ("one-way", False, 0.165742, (-0.13, 0.72)),
        ("agreement", False, 0.289764, (0.02, 0.76)),
        ("consistency", False, 0.714841, (0.34, 0.95)),
        ("one-way", True, 0.442797, (-0.88, 0.91)),
        ("agreement", True, 0.620051, (0.07, 0.93)),
        ("consistency", True, 0.909316, (0.68, 0.99)),
    ],
)
def test_intraclass_correlations_are_those_of_pingouin(
    kind: Any, average: bool, value: float, ends: tuple[float, float]
) -> None:
    """pingouin.intraclass_corr of Shrout and Fleiss 1979; the ends are printed to two decimals."""
    found = bench.intraclass_correlation(*RATINGS, kind=kind, average=average)

    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(ends, abs=0.0051)


@pytest.mark.parametrize(
    ("options", "estimate", "ends"),
    [
        ({"method": "fixed", "hartung_knapp": False}, 0.247541, (0.141073, 0.354009)),
        ({"method": "dl", "hartung_knapp": False}, 0.272695, (0.123125, 0.422265)),
        ({"method": "dl", "hartung_knapp": True}, 0.272695, (0.048562, 0.496828)),
    ],
)
def test_meta_analyses_are_those_of_statsmodels(
    options: dict[str, Any], estimate: float, ends: tuple[float, float]
) -> None:
    """Statsmodels' combine_effects; Hartung-Knapp is its "random effect wls" with use_t."""
    found = bench.meta_analysis(EFFECTS, ERRORS, **options)

    assert found.estimate == pytest.approx(estimate, abs=1e-6)
    assert (found.interval.low, found.interval.high) == pytest.approx(ends, abs=1e-6)
    if options["method"] == "dl":
        assert found.tau**2 == pytest.approx(0.0128058252427)


@pytest.mark.parametrize(("quantile", "weeks"), [(0.1, 6), (0.25, 13), (0.4, 22), (0.5, 23)])
def test_censored_quantiles_are_those_of_lifelines(quantile: float, weeks: float) -> None:
    """Lifelines' qth_survival_times of a KaplanMeierFitter, on Freireich et al. 1963."""
    cut = [1 - each for each in RELAPSED]
    found = bench.censored_quantile(WEEKS, cut, quantile, resamples=100)

    assert found.estimate == weeks


@pytest.mark.parametrize(
    ("family", "parameters", "aicc"),
    [
        ("linear", (0.56896079, 0.01472549), -46.92805877),
        ("logarithmic", (0.52036464, 0.09095656), -65.27077147),
        ("exponential", (0.7372078, 0.34231207, 2.64566616), -84.74056816),
        ("power", (0.86940618, 0.37344053, 0.4163334), -75.1260012),
        ("hyperbolic", (0.78687512, 0.67510318, 1.33816271), -84.11426765),
    ],
)
def test_curves_are_those_of_scipy(family: Any, parameters: tuple[float, ...], aicc: float) -> None:
    """scipy.optimize.curve_fit; AICc by n ln(rss/n) + 2k + 2k(k + 1)/(n - k - 1)."""
    found = bench.fit_curves(SIZES, ACCURACY).fit(family)

    assert tuple(found.parameters.values()) == pytest.approx(parameters, rel=2e-5)
    assert found.aicc == pytest.approx(aicc, abs=1e-6)


def test_a_split_plot_is_that_of_pingouin() -> None:
    """pingouin.mixed_anova with correction=True: F and the Greenhouse-Geisser p."""
    found = bench.mixed_anova(
        split_plot(), outcome="score", id="item", between="topic", within="prompt"
    )

    expected = {
        "topic": (2.1270870481, 0.1640664323),
        "prompt": (3.7648979592, 0.0395920388),
        "topic:prompt": (2.0995918367, 0.1451050936),
    }
    for name, (statistic, p) in expected.items():
        assert found.term(name).statistic == pytest.approx(statistic)
        assert found.term(name).p_value == pytest.approx(p)


def test_contrasts_of_adjusted_means_are_those_of_statsmodels() -> None:
    """ols("s ~ C(m, Sum) * C(p, Sum) + l"), t_test of differences of averaged predictions."""
    found = bench.contrasts(
        unbalanced(),
        outcome="s",
        factors=["m", "p"],
        of="m",
        covariates=["l"],
        correction="holm",
    )

    expected = {
        "b - a": (0.00147879, -0.56826579, 0.57122338, 0.9957700881),
        "c - a": (0.58873366, 0.01975767, 1.15770965, 0.0431218313),
        "c - b": (0.58725486, 0.00517735, 1.16933237, 0.0481506873),
    }
    for name, (estimate, low, high, p) in expected.items():
        row = found.contrast(name)
        assert row.estimate == pytest.approx(estimate, abs=1e-8)
        assert (row.interval.low, row.interval.high) == pytest.approx((low, high), abs=1e-8)
        assert row.p_value == pytest.approx(p)
    assert found.contrast("c - a").p_adjusted == pytest.approx(3 * 0.0431218313)  # Holm by hand
