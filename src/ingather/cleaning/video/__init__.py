"""One module an operator of films."""
