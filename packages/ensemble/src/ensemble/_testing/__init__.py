"""A provider on this machine, for tests: takes distributions of latencies and troubles, serves."""
