"""Questions to one chain or to many: search, analysis, patterns, calibration, scanners.

Takes chains and gives events and measures with intervals.
"""
