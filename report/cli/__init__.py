"""Commands that do something with finished files. Each module has a `register` that adds its commands to the app.

`build.py` hands over where everything is; the modules know neither `figures` nor the place of the project.
"""
