"""Which trial is run next: new ones, those that are asked again, those whose service is away.

Takes trials and finished rows; gives the rows that are kept, and a record of the other attempts.
"""
