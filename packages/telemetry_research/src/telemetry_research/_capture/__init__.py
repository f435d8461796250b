"""Capture from the event bus: context, spans, sampling, and the pipeline to a store.

Takes events as they are emitted; gives packed chunks to a store.
"""
