"""Messages as providers return them: reasoning, summaries, redacted blocks, text and tool calls.

Takes decoded JSON and gives parts and chains; one file for each provider.
"""
