"""Errors, events and files.

Takes nothing from other rooms; every other room may use it.
"""
