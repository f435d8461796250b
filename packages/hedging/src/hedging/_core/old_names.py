"""The old names that still work for one minor version, and the new one of each."""

FACE: dict[str, str] = {
    "Statistics": "HedgingStatistics",
    "Strategy": "DelayStrategy",
    "UnknownStrategyError": "UnknownDelayStrategyError",
    "calibrate": "delay_for_target",
    "register_strategy": "register_delay_strategy",
}
SIMULATION: dict[str, str] = {"Law": "Distribution"}
# Arguments and attributes of the simulations.
DISTRIBUTION: dict[str, str] = {"law": "distribution"}
SAMPLE: dict[str, str] = {**DISTRIBUTION, "count": "n"}
