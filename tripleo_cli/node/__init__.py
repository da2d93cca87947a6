"""The program that configures an overcloud node, on the node.

It is sent as one file (a zipapp) and runs as root with the node's own Python: 3.9 or
later, standard library and PyYAML. It imports nothing of the rest of this package, and
the rest does not import it: they meet in the bundle, and in the JSON that it prints.
"""
