"""An edition composed and laid out on pages, with its layout problems."""
