"""Numbers with their units and intervals, and the one text that each has in every format.

Takes values, and gives frozen numbers and their texts.
"""
