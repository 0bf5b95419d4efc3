"""From one year's edition to the next: a new one made from the last, what is still to be renewed, and what changed."""
