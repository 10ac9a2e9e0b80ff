"""The report of a workspace: one page that stands alone, made from what the store has."""
