"""The imperative shell: gather, decide, render, act, report."""
