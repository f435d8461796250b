"""Settings of runs from a file, the environment, ``.env`` and arguments, in one order.

Takes files and variables; gives checked values for the attributes of experiments.
"""
