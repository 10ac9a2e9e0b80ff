"""What cuts items into smaller ones: one file a splitter, found by its name."""
