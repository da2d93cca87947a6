"""Which machines are not what the others of their kind are."""
