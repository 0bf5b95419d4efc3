"""Child processes: parallel jobs, a job server forked early, and garbage collection during a build."""
