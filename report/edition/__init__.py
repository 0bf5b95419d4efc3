"""The folder of an edition as people write it: YAML and Markdown in, an `Edition` with the place of everything out."""
