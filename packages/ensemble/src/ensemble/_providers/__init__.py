"""Clients of model providers, within their limits and with retries.

Takes a query and sampling parameters; gives the provider's answer as a response.
"""
