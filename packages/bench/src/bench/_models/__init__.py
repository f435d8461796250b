"""Linear models with several factors, covariates, or random effects, from a long table."""
