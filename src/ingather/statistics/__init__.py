"""Numbers in, numbers out: intervals, agreement, consensus, allocation."""
