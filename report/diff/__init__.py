"""What changed between two PDFs: figures, words, layout, pictures, fonts and colours, page by page.

`reading` reads a file as plain `records`, `matching` finds which page became which, `words`, `flows` and `shifts`
compare texts, `pictures` what is drawn. `compare` does it all for two files or two builds and gives an `outcome`, which
`telling` puts into words and `webpage` shows. `approved` keeps a proof that later builds are compared with.
"""
