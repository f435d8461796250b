"""Systems over time, and while a run goes on.

Takes runs and logs of several dates, or a run that goes on; gives scores with intervals over time,
the change of the newest, and differences that may be looked at at any time.
"""
