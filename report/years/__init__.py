"""Makes the next year's edition from an existing one, and compares two editions."""
