"""The specs of ahc-match and eDeploy: which machine gets which profile.

A spec is a set of lines, a machine a list of facts; a machine matches if its facts
can be put to the lines, each to one at most, so that every variable stands for one
text (see docs/specs.rst). Pure: files are read by ``inputs/specs.py``.
"""
