"""Benchmarks for language models: fetched, pinned to the byte, sampled and scored."""

__all__: list[str] = []
