"""Claims as PRML manifests (https://spec.falsify.dev/v0.1), hashed so that a later edit shows."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Literal

from .._core.errors import MissingExtraError, ReportError
from .._core.json_values import Value

Comparator = Literal[">=", "<=", ">", "<", "=="]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrmlClaim(Value):
    """A claim that is stated before the data are seen.

    Attributes:
        metric: What is measured, such as "accuracy of vote minus one".
        comparator: How the measured value has to compare with the threshold.
        threshold: The threshold, in the unit of the metric.
        dataset: The name of the data.
        dataset_hash: The SHA-256 hash of the data.
        seed: The seed of the run; None without one.
        producer: Who states the claim.
        created_at: When it was stated, as ISO 8601 with a zone.
        notes: What else the claim rests on.
    """

    metric: str
    comparator: Comparator
    threshold: float
    dataset: str
    dataset_hash: str
    seed: int | None
    producer: str
    created_at: str
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrmlManifest(Value):
    """A claim in its canonical form.

    Attributes:
        text: The manifest, to be kept byte for byte in a file ``<name>.prml.yaml``.
        sha256: The hash of the text, to be made public before the run.
    """

    text: str
    sha256: str


def prml_manifest(claim: PrmlClaim) -> PrmlManifest:
    """Return a claim as a manifest of PRML 0.1 and its hash.

    The id of the manifest is made from its content: the same claim gives the same bytes.

    Args:
        claim: The claim.

    Returns:
        The manifest in its canonical bytes, and their SHA-256 hash.

    Raises:
        MissingExtraError: falsify is not installed (extra ``prml``).
        ReportError: A field of the claim is not allowed; names it.
    """
    try:
        falsify: Any = import_module("falsify_prml")  # an extra, without types
    except ImportError as error:
        raise MissingExtraError("prml", "falsify") from error
    values: dict[str, Any] = {
        "version": "prml/0.1",
        "claim_id": _claim_id(claim),
        "created_at": claim.created_at,
        "metric": claim.metric,
        "comparator": claim.comparator,
        "threshold": claim.threshold,
        "dataset": {"id": claim.dataset, "hash": claim.dataset_hash},
        "seed": claim.seed,
        "producer": {"id": claim.producer},
        **({"notes": claim.notes} if claim.notes else {}),
    }
    if problems := falsify.validate_manifest(values):
        raise ReportError(f"claim {claim.metric!r}: {'; '.join(problems)}")
    text = falsify.canonicalize(values)
    return PrmlManifest(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def _claim_id(claim: PrmlClaim) -> str:
    """A UUID of version 7 (RFC 9562) of the claim's time, with its hash in place of chance."""
    try:
        moment = datetime.fromisoformat(claim.created_at).timestamp()
    except (TypeError, ValueError) as error:
        raise ReportError(f"claim, created_at: {claim.created_at!r} is not ISO 8601") from error
    content = hashlib.sha256(repr(claim.to_dict()).encode()).digest()
    number = (int(moment * 1000) % 2**48) << 80 | int.from_bytes(content[:10])
    number = number & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=number & ~(3 << 62) | 2 << 62))
