"""Errors, parse warnings, fenced blocks, times, values for JSON, and the events on the shared bus.

Takes and gives built-in values; imports no other room.
"""
