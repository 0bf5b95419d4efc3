"""The commands. Each module has a `register` function that adds its commands to the app.

`build.py` passes the workspace; these modules import neither `figures` nor the location of the project.
"""
