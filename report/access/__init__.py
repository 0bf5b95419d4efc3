"""Accessibility checks for any PDF, from the bytes of the finished file.

`reading` reads a file into plain records, `contrast` and `nontext` measure contrast on the rendered pages, and `weight`
breaks down the file size. `checks` judges the file by PDF/UA-1 and WCAG 2.1, `checklist` lists what only a person can
judge, and `run` puts the report together. `inbuild` runs the checks during a build.
"""
