"""Preflight: is this PDF fit for a commercial press? Looks at any file's finished bytes, ours or not.

`scan` and `facts` read a file as plain records, `plates` renders its inks, `checks` judges them by a printer's wishes,
`run` does all of it within limits of time and memory, `outcome` tells the result to people and programs.
"""
