"""Tests of means: t tests, trimmed means, permutations, ratios, and analysis of variance."""
