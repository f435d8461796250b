"""Chains in other formats, a file for each.

Takes a chain and gives text.
"""
