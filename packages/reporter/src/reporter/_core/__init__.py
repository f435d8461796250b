"""Checks of given values, errors, and plain text for every format.

Takes and gives built-in values; imports no other room.
"""
