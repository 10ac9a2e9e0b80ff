"""The plan: its types, reading and checking, quotas and coverage, templates."""
