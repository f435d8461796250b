"""Errors, and an event with the catalogue of names, as a packed row and as Arrow columns.

Takes the values of an event; gives events, packed chunks and Arrow tables.
"""
