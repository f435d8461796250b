"""Cut tail latency with backup requests, within a budget."""

__all__: list[str] = []
