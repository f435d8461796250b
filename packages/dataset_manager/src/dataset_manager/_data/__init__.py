"""Items and data sets in memory.

Takes records, files and tables; gives a `Dataset`, its card and its prompts, and writes it back.
"""
