"""Ask several language models and combine their answers."""

__all__: list[str] = []
