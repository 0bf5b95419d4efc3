"""The document: an edition and its drawings in, HTML, CSS and what they may name out."""
