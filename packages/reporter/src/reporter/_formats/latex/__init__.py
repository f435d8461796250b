r"""A document as LaTeX.

Takes a document and gives a file that compiles alone, tables for ``\input``, and macros of numbers.
"""
