"""What was made or found before, by what it was made from."""
