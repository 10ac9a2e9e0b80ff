"""One module an operator on recordings."""
