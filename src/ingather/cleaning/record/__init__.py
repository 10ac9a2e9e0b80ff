"""One module an operator on records."""
