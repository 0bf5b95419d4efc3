"""What is done to a written PDF: inks, metadata, attachments, the marks of a draft."""
