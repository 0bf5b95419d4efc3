"""Charts and artwork: an edition and the drawing functions in, SVG out."""
