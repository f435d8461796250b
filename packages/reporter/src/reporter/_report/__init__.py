"""The report that users make, and its formats by name.

Takes a report and a format, and gives text or a file.
"""
