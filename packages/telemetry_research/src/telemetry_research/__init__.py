"""Every event of an experiment, captured, stored and exported."""

__all__: list[str] = []
