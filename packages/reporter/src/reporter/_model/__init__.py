"""The values a report is made of and the wording of its numbers.

Takes what a caller wrote, checks it, and gives frozen values without any format.
"""
