"""All checks that need no rendering: they take an edition and the project's source files, and return problems."""
