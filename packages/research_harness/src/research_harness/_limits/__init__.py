"""What a run may spend: ceilings kept by reservations that survive a crash.

Takes ceilings and the calls to come; gives them leave one by one, or the reason why the run stops.
"""
