"""Chains in other formats: CSV, Mermaid, Graphviz, OpenTelemetry, data frames.

Takes a chain and gives text or values; one file for each format.
"""
