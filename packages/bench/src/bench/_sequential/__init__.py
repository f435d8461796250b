"""Intervals and tests that stay valid when they are computed before all items are in."""
