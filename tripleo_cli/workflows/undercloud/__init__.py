"""Installing and running an undercloud on this machine."""
