"""One module an operator that any modality can use."""
