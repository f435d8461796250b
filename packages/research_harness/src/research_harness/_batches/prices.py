"""What a row costs when its calls are asked in batch jobs."""

import json
import math
from collections.abc import Iterable
from typing import Any


def batch_saving_usd(calls: Iterable[Any]) -> float:
    """How much less calls cost in batch jobs, as far as their prices are known.

    Args:
        calls: The calls of a row that were made directly, as ``ResponseRecord`` has them.
    """
    return math.fsum(_saving(each) for each in calls)


def _saving(call: Any) -> float:
    import ensemble

    details: dict[str, Any] = json.loads(call.details) if call.details else {}
    if not details.get("price") or call.cost_usd is None:
        return 0.0
    price = ensemble.Price.from_dict(details["price"])
    kept = {name: details.get(name) for name in ("cache_read_tokens", "cache_write_tokens")}
    costs = [
        price.cost_usd(call.input_tokens, call.output_tokens, batch=batch, **kept)
        for batch in (False, True)
    ]
    direct, in_batch = costs
    return 0.0 if direct is None or in_batch is None else direct - in_batch
