"""The fleet simulator: many simulated machines for trials and for scale."""
