"""Layouts of files: reading and writing public datasets, pure but for the files."""
