"""Everything that can be judged without rendering: an edition and the project's sources in, problems out."""
