"""Text out of documents: one file a kind, each a function from bytes to a ``Document``."""
