"""What is known of models by their names, as dated data: prices, and what each takes.

Takes a model's name; gives its price, or how it is to be asked.
"""
