"""From what a caller passes to clean columns: values, pairs, groups and long tables."""
