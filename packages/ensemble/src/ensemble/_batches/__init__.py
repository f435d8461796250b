"""Batch jobs: takes questions, asks them at half the price; keeps ids and answers in a file."""
