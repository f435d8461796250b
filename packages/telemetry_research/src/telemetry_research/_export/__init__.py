"""Export to CSV, JSON Lines and Parquet, with transformers and anonymisation.

Takes Arrow batches; gives files.
"""
