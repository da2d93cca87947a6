"""Which node serves which role."""
