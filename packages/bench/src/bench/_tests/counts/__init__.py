"""Tests of counts: proportions, pairs of right and wrong answers, and tables."""
