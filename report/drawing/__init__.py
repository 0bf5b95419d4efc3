"""Charts and artwork as SVG, from an edition and the drawing functions."""
