"""Email to the board: a draft to open in a mail program, or one message per recipient, each sent exactly once.

In: a finished set, a recipients file and a settings file. Out: `mailing.draft_files` and `deliver.send`.
"""
