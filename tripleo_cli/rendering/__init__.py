"""Plans to text, and nothing else."""
