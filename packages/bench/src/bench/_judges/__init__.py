"""Judgements of models, corrected by the labels of people."""
