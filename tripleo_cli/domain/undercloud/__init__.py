"""What an undercloud consists of, and in which order it comes up."""
