"""What a publication needs beside the report: a paper's skeleton, citations, and metadata.

Takes a report and facts about it; gives texts, or an error that names every fact that is missing.
"""
