"""Metrics: each turns the facts of a task into an estimate; the table says which task has which."""
