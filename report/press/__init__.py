"""Prepress: turning a PDF into a file that a commercial printer accepts.

`printers` holds a printer's requirements; `inks`, `photographs`, `sheet` and `pdfx` change the file to meet them.
"""
