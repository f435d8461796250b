"""Errors, options, exact arithmetic, and the shapes of results with how they print."""
