"""One module an operator on pictures."""
