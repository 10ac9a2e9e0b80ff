"""Measuring and judging samples; nothing is ever deleted here."""
