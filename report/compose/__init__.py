"""The document of an edition: its HTML, CSS and resources."""
