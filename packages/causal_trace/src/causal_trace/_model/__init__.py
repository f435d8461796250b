"""Decisions and the chain they form.

Takes fields, checks them, and gives frozen values.
"""
