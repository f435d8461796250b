"""Storage of chains.

Takes a chain and writes a file; takes an id or a search and gives chains or summaries.
"""
