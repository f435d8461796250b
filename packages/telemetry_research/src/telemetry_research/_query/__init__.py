"""Queries over the events of an experiment.

Takes filters, windows and SQL; gives events, tables, metrics and files.
"""
