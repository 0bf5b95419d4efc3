"""The press: what makes a PDF a file that a commercial printer accepts.

`printers` says what one printer asks for; `inks`, `photographs`, `sheet` and `pdfx` change the bytes accordingly.
"""
