"""Recorded panels as tables of votes, and simulated panels whose truth is known."""

from pathlib import Path

import numpy as np
from kit import Bools
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from dataset_manager import Dataset, load_sync, random_sample
from ensemble import ModelLike, ReplayModel, VoteTable, collect_sync

DUPLICATE = "writer_palmyra-x-v3"  # gives the letters of text-unicorn: one voter, two names


def stem_votes(folder: Path, n: int | None = None) -> tuple[Dataset, VoteTable]:
    """Nine recorded voters on the different questions of MMLU-STEM.

    Args:
        folder: The folder of recorded data.
        n: How many questions, drawn with seed 0; None for all 3,006.
    """
    questions = load_sync("mmlu_stem", mirror=folder).unique()
    if n is not None:
        questions = random_sample(questions, n, seed=0)
    letters = folder / "mmlu-helm-10models" / "original_helm_combined"
    voters = ReplayModel.panel_from_helm(letters, questions)
    panel: list[ModelLike] = [voter for name, voter in voters.items() if name != DUPLICATE]
    return questions, collect_sync(questions, models=panel, normalize="choice")


def gsm8k_votes(folder: Path, n: int | None = None) -> tuple[Dataset, VoteTable]:
    """Eight recorded voters on the test questions of GSM8K; arguments as of ``stem_votes``."""
    questions = load_sync("gsm8k", split="test", mirror=folder)
    if n is not None:
        questions = random_sample(questions, n, seed=0)
    files = sorted((folder / "zeroeval-gsm8k" / "gsm").glob("*.json"))
    panel: list[ModelLike] = [ReplayModel.from_zeroeval(path, name=path.stem) for path in files]
    return questions, collect_sync(questions, models=panel, normalize="number")


def latent_correlation(accuracy: float, rho: float) -> float:
    """The correlation of a Gaussian copula that gives two errors the correlation ``rho``."""
    if rho == 0:
        return 0.0
    cut = float(norm.ppf(accuracy))
    both = accuracy**2 + rho * accuracy * (1 - accuracy)

    def excess(latent: float) -> float:
        joint = multivariate_normal([0, 0], [[1, latent], [latent, 1]])
        return float(joint.cdf([cut, cut])) - both

    return float(brentq(excess, 0.0, 0.9999))


def simulated_panel(
    generator: np.random.Generator, n: int, *, accuracy: float, models: int, latent: float
) -> Bools:
    """Right and wrong answers with equally correlated errors: a row a question.

    Args:
        generator: Gives the random numbers.
        n: The number of questions.
        accuracy: The accuracy of each model.
        models: The number of models.
        latent: The correlation of the copula, from ``latent_correlation``.
    """
    common = generator.standard_normal((n, 1)) * np.sqrt(latent)
    own = generator.standard_normal((n, models)) * np.sqrt(1 - latent)
    return np.asarray(common + own < norm.ppf(accuracy), dtype=bool)
