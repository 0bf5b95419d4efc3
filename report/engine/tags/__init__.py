"""The tag tree of a PDF, which assistive technology reads, built from the HTML.

Before layout every text and every image is numbered; the copies made by line, column and page breaks keep the number.
After layout the pieces are gathered by source element (`pieces`), and the tree is built from the HTML alone (`plan`):
one structure element for each element of the source. While the pages are drawn, each piece gets the id of its marked
content (`marking`); at the end the tree is written (`writing`). Everything else is drawn as an artifact. Only `adapter`
uses the internals of WeasyPrint.
"""
