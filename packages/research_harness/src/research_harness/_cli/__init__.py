"""The command line, one file a command.

Takes the words of a shell; gives a run, a report or an exit status.
"""
