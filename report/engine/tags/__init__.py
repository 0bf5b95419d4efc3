"""The tag tree: what a PDF tells those who can't see its pages, made from the HTML itself.

Before layout every piece of text and every image gets a number, which the copies made by line, column and page breaks
carry along. After layout the pieces are gathered by source element (`pieces`), and the tree is made from the HTML alone
(`plan`): one structure element for each element of the source. While the pages are drawn each piece learns where its
marked content is (`marking`); at the end the tree is written (`writing`). What is in no piece is drawn as an artifact.
Only `adapter` touches the insides of WeasyPrint.
"""
