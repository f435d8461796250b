"""Answers written in LaTeX.

Takes two texts; says whether they mean the same value, by the rule of MATH or by symbolic algebra.
"""
