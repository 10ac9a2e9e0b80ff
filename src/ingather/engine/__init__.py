"""Runs functions over Arrow batches."""
