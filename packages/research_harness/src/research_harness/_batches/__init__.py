"""Conditions whose calls may wait: they go through the batch jobs of their providers.

Takes which conditions may wait; routes the calls of their rows, and works out their price.
"""
