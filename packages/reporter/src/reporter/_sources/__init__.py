"""Numbers and tables from statistical results, frames and dictionaries.

Takes objects of other libraries through Protocols, without importing them; gives parts of a report.
"""
