"""The answer in a model's text.

Takes a text; gives the number, choice or program in it, or the reason why none was found.
"""
