"""What the commands share: options, output as text or JSON, and errors as messages.

Takes results and errors; gives lines on the terminal and an exit status.
"""
