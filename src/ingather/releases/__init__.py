"""Cutting releases: splits, manifest, cards, report."""
