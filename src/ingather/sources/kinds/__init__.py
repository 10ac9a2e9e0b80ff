"""One module a source kind."""
