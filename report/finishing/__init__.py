"""Changes to a written PDF: colours, boxes, metadata, attachments, the draft watermark."""
