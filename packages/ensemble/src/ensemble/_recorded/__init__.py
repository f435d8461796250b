"""Responses kept in a file, and recorded models that give them again.

Takes responses or files of them; gives them by question, parameters and sample.
"""
