"""Comparison of two chains, and of models over many chains.

Takes chains and gives aligned pairs, changed fields and measures.
"""
