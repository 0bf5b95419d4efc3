"""Reads the folder of an edition (YAML and Markdown) into an `Edition` that knows the place of every value."""
