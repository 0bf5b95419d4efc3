"""Any PDF, read: records of its content, tables of checks, validators, reports as web pages."""
