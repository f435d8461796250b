"""Analysis of recorded latencies: takes traces, gives forecasts and comparisons."""
