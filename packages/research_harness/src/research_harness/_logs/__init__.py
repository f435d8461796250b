"""Runs and other tools' logs as the scored answers of systems.

Takes paths; gives one table of answers for each system and task.
"""
