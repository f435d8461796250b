"""Spans, W3C trace context, and OpenTelemetry export and import.

Takes events, headers or OpenTelemetry spans; gives spans, headers or events.
"""
