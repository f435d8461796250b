"""Two reports compared.

Takes two reports, and gives a report of what changed.
"""
