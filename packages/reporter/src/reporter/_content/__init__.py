"""Sentences, numbers and tables that reports of experiments have in common.

Takes numbers with their intervals; gives verdicts, costs and matrices for sections.
"""
