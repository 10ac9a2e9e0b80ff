"""Baselines, evaluation by group, and what to collect next."""
