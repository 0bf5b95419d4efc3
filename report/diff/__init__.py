"""Compare two PDFs page by page: figures, words, layout, pictures, fonts and colours.

`reading` reads a file into plain `records`. `matching` pairs the pages of both files. `words`, `moves` and `shifts`
compare the text, `pictures` compares the rendered pages. `compare` runs all of this for two files or two builds and
returns an `outcome`, which `wording` prints and `webpage` shows. `approved` stores the proof that later builds are
compared with.
"""
