"""Marks that change after the run: by people, with who and why, or by scoring answers again.

Takes rows and changes by row; gives rows with these marks, and a record that is only appended to.
"""
