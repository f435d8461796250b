"""Strategies: take the latencies of past requests, give the delay before a backup."""
