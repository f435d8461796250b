"""The questions of public checklists in our own words, and the facts that answer each.

The texts of the checklists themselves are at their addresses; they decide.
"""

from dataclasses import dataclass
from typing import Literal

ChecklistName = Literal[
    "neurips", "llm-guidelines", "nist-ai-800-2", "reforms", "acm-badges", "disclosure"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a checklist.

    Attributes:
        id: The number or the short name of the question in its checklist.
        text: What it asks, in our words.
        facts: The facts that answer it. Empty for what only the authors can answer.
    """

    id: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistSource:
    """A public checklist.

    Attributes:
        title: Its name.
        url: Where its own text is.
        questions: Its questions.
    """

    title: str
    url: str
    questions: tuple[Question, ...]


def _questions(*rows: tuple[str, str, str]) -> tuple[Question, ...]:
    return tuple(Question(id=row[0], text=row[1], facts=tuple(row[2].split())) for row in rows)


CHECKLISTS: dict[ChecklistName, ChecklistSource] = {
    "neurips": ChecklistSource(
        title="NeurIPS Paper Checklist",
        url="https://neurips.cc/public/guides/PaperChecklist",
        questions=_questions(
            ("1", "Do the claims say what the results show?", "claims"),
            ("2", "Are limitations discussed?", "limitations"),
            ("3", "Are assumptions of the theory and its proofs complete?", "assumptions"),
            ("4", "Can the main results be reproduced from what is disclosed?", "commands seeds"),
            ("5", "Are data and code open, with instructions?", "code data commands"),
            ("6", "Are all settings of the experiment given?", "parameters design models"),
            ("7", "Do the numbers carry error bars or tests, and is it said which?", "uncertainty"),
            ("8", "Are the computing resources given?", "compute cost"),
            ("9", "Does the work follow the code of ethics?", ""),
            ("10", "Are broader impacts discussed?", ""),
            ("11", "Are there safeguards for what could be misused?", ""),
            ("12", "Are assets of others credited, with their licenses?", "license data"),
            ("13", "Are new assets documented?", "artifacts"),
            ("14", "Are instructions and pay of participants given?", "participants"),
            ("15", "Was work with people reviewed by a board?", "participants"),
            ("16", "Is the use of language models in the method declared?", "models"),
        ),
    ),
    "llm-guidelines": ChecklistSource(
        title="Guidelines for empirical studies that involve LLMs",
        url="https://llm-guidelines.org",
        questions=_questions(
            ("1", "Are the use and the role of the models declared?", "models design"),
            ("2", "Are model versions, dates and settings reported?", "model_versions parameters"),
            ("3", "Is the system around the models described?", "code design"),
            ("4", "Are prompts and the logs of the interactions reported?", "prompts artifacts"),
            ("5", "Were outputs of models validated by people?", "human_validation"),
            ("6", "Is an open model among the baselines?", "open_baseline"),
            ("7", "Are baselines, benchmarks and metrics suitable and named?", "baseline metrics"),
            ("8", "Are limitations and what was done about them reported?", "limitations"),
        ),
    ),
    "nist-ai-800-2": ChecklistSource(
        title="NIST AI 800-2, benchmark evaluations of language models (draft)",
        url="https://www.nist.gov/caisi",
        questions=_questions(
            ("objective", "Is the object of the evaluation stated?", "hypothesis"),
            ("benchmark", "Is the benchmark named, with version and license?", "data license"),
            ("contamination", "Was contamination considered?", "contamination"),
            ("system", "Are the models and their versions stated?", "models model_versions"),
            ("protocol", "Is the protocol stated, with repeats?", "parameters repeats"),
            ("scoring", "Is the scoring stated and validated?", "scorer"),
            ("failures", "Are failed and missing answers accounted for?", "failures"),
            ("cost", "Are cost and budget reported?", "cost"),
            ("uncertainty", "Is uncertainty quantified, and how?", "uncertainty"),
            ("comparison", "Are comparisons tested, and families corrected?", "tests"),
            ("items", "Are results of single items available?", "artifacts"),
            ("claims", "Are claims bounded by what was measured?", "claims limitations"),
        ),
    ),
    "reforms": ChecklistSource(
        title="REFORMS, reporting standards for science with machine learning",
        url="https://reforms.cs.princeton.edu",
        questions=_questions(
            ("1", "Study design: question, population and hypothesis", "hypothesis design"),
            ("2", "Reproducibility: data, code, environment", "data code environment"),
            ("3", "Data quality: source, size, sampling", "data sample"),
            ("4", "Data preprocessing: what was changed or excluded", "missing"),
            ("5", "Modelling: models, settings, baseline", "models parameters baseline"),
            ("6", "Data leakage: separation of training and test", "contamination"),
            ("7", "Metrics and uncertainty", "metrics uncertainty tests"),
            ("8", "Generalizability and limitations", "limitations"),
        ),
    ),
    "acm-badges": ChecklistSource(
        title="ACM Artifact Review and Badging 1.1",
        url="https://www.acm.org/publications/policies/artifact-review-and-badging-current",
        questions=_questions(
            ("available", "Are the artifacts in a public archive with an identifier?", "archive"),
            ("functional", "Are the artifacts documented, complete and exercisable?",
             "artifacts commands environment"),
            ("reusable", "Are they structured for reuse, with a license?", "code license"),
            ("reproduced", "Were the results obtained again by others from them?", "reproduced"),
            ("replicated", "Were the results obtained again without them?", "replicated"),
        ),
    ),
    "disclosure": ChecklistSource(
        title="Disclosure schema of arXiv 2605.21404",
        url="https://arxiv.org/abs/2605.21404",
        questions=_questions(
            ("benchmark", "Benchmark identity: name, version, split, items", "data sample"),
            ("harness", "Harness: name, version, scorer", "environment scorer"),
            ("inference", "Inference settings: models, versions, parameters, repeats",
             "models model_versions parameters repeats"),
            ("cost", "Cost: money, tokens, time", "cost compute"),
            ("failures", "Failure breakdown: what failed and how it counts", "failures missing"),
        ),
    ),
}  # fmt: skip

CHECKLIST_FACTS: tuple[str, ...] = tuple(
    sorted({name for each in CHECKLISTS.values() for row in each.questions for name in row.facts})
)
