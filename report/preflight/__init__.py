"""Preflight: is this PDF fit for commercial printing? Works on the finished bytes of any PDF.

`scan` and `facts` read a file as plain records, `plates` renders its separations, `checks` compares both with a
printer's requirements, `run` does all of this within limits of time and memory, `outcome` collects the verdicts.
"""
