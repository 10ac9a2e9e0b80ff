"""One module an operator of sensors' series."""
