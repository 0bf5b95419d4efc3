"""Caches of drawings and of findings on pages, keyed by digests of their inputs."""
