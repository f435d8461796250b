"""Experiments on language models as Python classes: plan, run, resume, analyse, report, verify."""

__all__: list[str] = []
