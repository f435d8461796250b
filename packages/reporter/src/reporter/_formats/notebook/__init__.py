"""A document as a Jupyter notebook that runs.

Takes a document and gives a notebook with the files that it loads beside it.
"""
