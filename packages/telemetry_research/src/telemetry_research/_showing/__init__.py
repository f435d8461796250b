"""One static HTML page of an experiment, and the command line.

Takes recordings, files and databases; gives a page, or lines of text.
"""
