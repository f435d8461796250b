"""Instrumentation of the clients of model providers: openai, anthropic and google-genai.

Takes a client; its calls become spans on the bus.
"""
