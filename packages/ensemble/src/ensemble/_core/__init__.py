"""What every room shares: errors, events, seeded random numbers, queries, responses and prices.

Takes nothing from other rooms; gives them the values they exchange and the protocol of a model.
"""
