"""Judges checked against people: takes a run and labels of some rows; gives corrected rates."""
