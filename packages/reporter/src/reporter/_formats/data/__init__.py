"""The tables and numbers of a document as CSV, and the whole document as JSON.

Takes a document and gives files that programs read.
"""
