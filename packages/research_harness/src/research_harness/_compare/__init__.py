"""Runs and other tools' logs compared item by item.

Takes paths; gives the scores, the differences and what of them could be chance.
"""
