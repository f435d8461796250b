"""What a run and those who watch it say to each other, in two small files of its folder.

Takes requests to pause, go on, stop or change the concurrency; gives the state of the session.
"""
