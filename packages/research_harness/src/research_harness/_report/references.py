"""The works behind the methods of an analysis, by what the analysis says it used."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._analysis.schema import Analysis

# Words of the analysis that name a method, and the work to cite for it.
_WORKS = (
    (
        "mcnemar",
        "mcnemar1947",
        (
            "McNemar, Q. (1947). Note on the sampling error of the difference between correlated"
            " proportions or percentages. Psychometrika, 12(2), 153-157."
        ),
        "https://doi.org/10.1007/BF02295996",
    ),
    (
        "cochran",
        "cochran1950",
        (
            "Cochran, W. G. (1950). The comparison of percentages in matched samples. Biometrika,"
            " 37(3/4), 256-266."
        ),
        "https://doi.org/10.1093/biomet/37.3-4.256",
    ),
    (
        "clopper-pearson",
        "clopper1934",
        (
            "Clopper, C. J., & Pearson, E. S. (1934). The use of confidence or fiducial limits"
            " illustrated in the case of the binomial. Biometrika, 26(4), 404-413."
        ),
        "https://doi.org/10.1093/biomet/26.4.404",
    ),
    (
        "wilson",
        "brown2001",
        (
            "Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Interval estimation for a binomial"
            " proportion. Statistical Science, 16(2), 101-133."
        ),
        "https://doi.org/10.1214/ss/1009213286",
    ),
    (
        "friedman",
        "friedman1937",
        (
            "Friedman, M. (1937). The use of ranks to avoid the assumption of normality implicit in"
            " the analysis of variance. Journal of the American Statistical Association, 32(200),"
            " 675-701."
        ),
        "https://doi.org/10.1080/01621459.1937.10503522",
    ),
    (
        "bootstrap",
        "efron1979",
        (
            "Efron, B. (1979). Bootstrap methods: Another look at the jackknife. The Annals of"
            " Statistics, 7(1), 1-26."
        ),
        "https://doi.org/10.1214/aos/1176344552",
    ),
    (
        "holm",
        "holm1979",
        (
            "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian"
            " Journal of Statistics, 6(2), 65-70."
        ),
        "https://www.jstor.org/stable/4615733",
    ),
    (
        "t test",
        "student1908",
        "Student. (1908). The probable error of a mean. Biometrika, 6(1), 1-25.",
        "https://doi.org/10.1093/biomet/6.1.1",
    ),
    (
        "cohen 1988",
        "cohen1988",
        (
            "Cohen, J. (1988). Statistical power analysis for the behavioral sciences (2nd ed.)."
            " Lawrence Erlbaum."
        ),
        "",
    ),
)


def references_of(
    config: Mapping[str, Any], analysis: Analysis, environment: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """The key, text and address of each work that the analysis used."""
    used = json.dumps([analysis["comparisons"], analysis["conditions"]]).lower()
    for word, key, text, url in _WORKS:
        if word in used:
            yield key, text, url
    data = config["dataset"]
    metadata = data.get("metadata")
    citation = str(metadata.get("citation") or "") if isinstance(metadata, Mapping) else ""
    if citation:
        yield "dataset", citation, ""
    version = (environment.get("crucible") or {}).get("research-harness") or "unknown"
    yield (
        "crucible",
        (
            f"Crucible for Python (version {version}). Experiments on the reliability, latency and"
            " cost of large language models."
        ),
        "",
    )
