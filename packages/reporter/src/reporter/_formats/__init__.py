"""Renderers, a folder for each format.

Takes a document of the model and gives the text of one format.
"""
