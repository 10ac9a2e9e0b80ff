"""Streams without end: kept on disk as they arrive, cut into segments, chosen from, brought as samples."""
