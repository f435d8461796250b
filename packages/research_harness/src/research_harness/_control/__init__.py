"""The lock of a run, and what it and those who watch it say to each other in two small files.

Takes requests to pause, go on, stop or change the concurrency; gives the state of the session.
"""
