"""One model: called with its events and time limit, or made of other models.

Takes a model, a function or a name and a query; gives a response.
"""
