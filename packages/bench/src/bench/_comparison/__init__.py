"""From the groups of an experiment to the test that fits their design and scale."""
