"""Rows in other processes: takes a row's trial and gives its finished row, as the engine does.

The driver keeps the plan, the ceilings, the retries and the journal. Workers only run rows.
"""
