"""Whether a prediction is correct.

Takes a prediction and an item; gives a `Score`. Also the metrics of a whole set of answers.
"""
