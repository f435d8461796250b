"""Import of other tools' trajectories: ATIF, OpenTelemetry, OpenInference, Inspect, Claude Code.

Takes files or decoded JSON and gives chains; one file for each form.
"""
