"""Bayes factors and posteriors of means and of success rates."""
