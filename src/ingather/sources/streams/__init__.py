"""Streams without end: what arrives is kept on disk, cut into segments, chosen from and brought as samples."""
