"""The archive of yearly editions, as BagIt bags. Bags are added, verified, listed and rebuilt, never changed."""
