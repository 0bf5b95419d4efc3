"""The desk: the edition in a browser while it is worked on, and where everything on its pages comes from."""
