"""The finished set on disk: its manifest, the check whether it is up to date, and atomic publishing."""
