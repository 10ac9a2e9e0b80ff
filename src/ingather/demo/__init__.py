"""The demonstration: a plan as anyone could have written it, and the story it tells."""
