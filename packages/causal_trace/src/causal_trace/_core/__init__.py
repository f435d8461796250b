"""Errors, parse warnings, times, JSON values and the events on the shared bus.

Takes and gives built-in values; imports no other room.
"""
