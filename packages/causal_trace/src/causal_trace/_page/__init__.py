"""The page that shows a chain, and its text view for scripts.

Takes chains and gives one HTML file that loads nothing; the browser's part lies in ``assets``.
"""
