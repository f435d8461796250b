"""One sample: takes clean values or counts, gives descriptive statistics and intervals."""
