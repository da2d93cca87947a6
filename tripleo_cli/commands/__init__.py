"""The commands of the ``openstack`` shell: translate, and nothing else."""
