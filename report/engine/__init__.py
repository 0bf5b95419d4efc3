"""WeasyPrint, behind a door: HTML and CSS in, pages, plain records of them and tagged PDF bytes out."""
