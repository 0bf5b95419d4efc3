"""The desk: a live preview of the edition in the browser that traces everything on a page back to its source."""
