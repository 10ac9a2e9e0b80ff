"""One module a command; its docstring is its line in --help."""
