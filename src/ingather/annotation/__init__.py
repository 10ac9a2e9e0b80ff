"""Votes and labels: how answers of people become one label."""
