"""Tests of the shape, the spread, and the quantiles of distributions."""
