"""Statistics for comparing AI systems that say what they assumed."""

__all__: list[str] = []
