"""A document as Typst, and as a PDF that the typst package makes of it.

Takes a document and gives a source text or the bytes of a tagged PDF.
"""
