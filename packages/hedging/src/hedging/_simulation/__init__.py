"""Simulated time and services: take distributions and strategies, give latencies."""
