"""One question to several models.

Takes a panel, a voting strategy and an execution; gives a result with a record of every call.
"""
