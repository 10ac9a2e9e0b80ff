"""Decoding and encoding: audio, images, text, records."""
