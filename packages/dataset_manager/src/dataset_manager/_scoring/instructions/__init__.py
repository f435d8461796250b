"""The checks of IFEval.

Takes an answer and the instructions of its prompt; gives which of them it follows.
"""
