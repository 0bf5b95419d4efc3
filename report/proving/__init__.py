"""Final checks of each file that a build makes: a finished file in, its problems and confirmed standards out."""
