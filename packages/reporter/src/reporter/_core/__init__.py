"""Checks, errors, values for JSON, and plain text before it is escaped.

Takes and gives built-in values; imports no other room.
"""
