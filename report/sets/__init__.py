"""The finished set on disk: its manifest, whether it is up to date, and putting it in place in one step."""
