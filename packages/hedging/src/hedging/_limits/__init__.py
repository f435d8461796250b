"""Limits on backups: the policy, the budget, the circuit breaker, and Retry-After."""
