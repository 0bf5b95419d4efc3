"""The archive of yearly editions: bags that are added, verified, listed and built again, never changed or removed."""
