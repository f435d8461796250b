"""Many comparisons at once: adjusted p-values, tables of pairs, and post-hoc tests."""
