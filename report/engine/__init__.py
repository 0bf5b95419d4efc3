"""The layout engine, WeasyPrint, behind one interface: HTML and CSS in; laid-out pages, records and tagged PDF out."""
