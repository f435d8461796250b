"""Before the data: power, sample size, detectable effects, and budgets."""
