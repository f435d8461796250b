"""Effect sizes: take two groups, a statistic or counts, give a size with its interval."""
