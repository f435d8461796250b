"""Reasoning inside a text: think-like blocks and Harmony channels, apart from the answer.

Takes a text and gives blocks, the answer, and parse warnings.
"""
