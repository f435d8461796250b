"""One report model, rendered as Markdown and HTML."""

__all__: list[str] = []
