"""State of each key: takes finished races, gives delays, statistics and snapshots."""
