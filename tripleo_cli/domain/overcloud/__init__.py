"""The overcloud itself: services, their configuration, how its nodes get it."""
