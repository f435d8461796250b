"""The report as users make it, and the formats by name.

Takes a report and the name of a format, and gives text or a file.
"""
