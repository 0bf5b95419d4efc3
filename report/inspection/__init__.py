"""Reading any PDF: records of its content, tables of checks, external validators, reports as web pages."""
