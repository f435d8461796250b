"""Does the reason matter? Interventions and resampling, with intervals.

Takes chains and a model that continues reasoning; gives rates of change and their cost beforehand.
"""
