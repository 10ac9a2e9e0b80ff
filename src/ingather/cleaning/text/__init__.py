"""One module an operator on texts."""
