"""What a design can find, by simulating it before any model is asked.

Takes a prepared experiment and rows of a pilot or of a run; gives power and detectable differences.
"""
