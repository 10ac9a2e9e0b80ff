"""Synthetic speech: the synthesiser in its own process, its speakers, their rooms and their faults."""
