"""What a site allows: every machine-readable signal, read into one kind of evidence."""
