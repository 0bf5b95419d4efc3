"""Access: can everyone read this PDF? Looks at any file's finished bytes, ours or not.

`reading` reads a file as plain records, `contrast` measures text against what is behind it, `weight` tells what takes
the bytes, `checks` judge by PDF/UA-1 and WCAG 2.1, `checklist` names what a person must still judge, `run` does it all.
"""
