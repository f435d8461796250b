"""Requests to providers: connections, limits, retries, streams of events, kinds of errors.

Takes a path and a JSON body; gives the JSON of the answer, or of each event of a stream.
"""
