"""One statistical test per file: takes values or counts, gives a Comparison."""
