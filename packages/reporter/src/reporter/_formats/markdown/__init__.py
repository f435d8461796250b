"""A document as Markdown.

Takes a document and gives CommonMark with the tables of GitHub.
"""
