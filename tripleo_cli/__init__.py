"""OpenStack on OpenStack: commands for python-openstackclient."""
