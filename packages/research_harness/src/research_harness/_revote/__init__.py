"""Votes of a run counted again: by other members or by another rule, without a call.

Takes a finished run and the votes to count; gives a run of its own, with analysis and report.
"""
