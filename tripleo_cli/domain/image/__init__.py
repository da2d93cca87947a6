"""Images of nodes: what is in them, and how they are built."""
