"""Decisions, the chain they form, and the chain as readable text.

Takes fields, checks them, and gives frozen values.
"""
