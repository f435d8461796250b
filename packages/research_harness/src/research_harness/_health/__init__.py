"""Whether this machine can run experiments: keys, servers, sandbox, versions and disk.

Takes a folder for results; gives findings, and never the value of a key.
"""
