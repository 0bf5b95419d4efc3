"""Child processes: jobs side by side, workers forked early, how they use memory."""
