"""When two answers are the same.

Takes the text of an answer; gives its normalized key and where it was found.
"""
