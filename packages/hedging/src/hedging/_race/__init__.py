"""One race between attempts: takes calls and delays, gives the first acceptable result."""
