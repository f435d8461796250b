"""Reading of a model's answer: tags, fields and code.

Takes a text and gives events, code and parse warnings.
"""
