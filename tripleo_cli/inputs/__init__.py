"""Operator files to domain values; every problem in a file is reported at once."""
