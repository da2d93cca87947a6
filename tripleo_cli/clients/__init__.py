"""One outside system each: return domain values, raise our errors."""
