"""An edition on its pages: composed and laid out, with the problems that a proofreader would mark."""
