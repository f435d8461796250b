"""Fixed requests that show whether an endpoint changed while a run went on.

Takes models and prompts; gives the answers by moment and a test of whether they changed.
"""
