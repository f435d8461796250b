"""Scores of language models: repeats, clusters, pass@k, agreement, and preferences."""
