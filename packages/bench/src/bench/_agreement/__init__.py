"""How far raters agree: kappa, alpha and intraclass correlations."""
