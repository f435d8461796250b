"""Requests with backups: a hedger, one call, a decorator, tiers, an httpx transport."""
