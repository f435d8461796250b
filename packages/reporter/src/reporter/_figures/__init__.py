"""Figures as SVG drawings and as tables of their numbers.

Takes the figures of the model and gives markup or a table.
"""
