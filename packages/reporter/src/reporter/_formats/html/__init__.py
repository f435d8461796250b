"""A document as one HTML page.

Takes a document and gives a page without scripts and without other files.
"""
