"""Email to the board: a draft to open in a mail program, or one message to each recipient, nobody twice, nobody missed.

In: a finished set, a file of recipients and a file of settings. Out: `deliver.draft` and `deliver.send`.
"""
