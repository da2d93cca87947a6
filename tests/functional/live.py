"""The services of a live undercloud, for tests that look behind the shell."""

from __future__ import annotations

import os
from types import SimpleNamespace

from openstack import config

from tripleo_cli.clients.cloud import LiveCloud


def connect() -> LiveCloud:
    """Connect to the undercloud that OS_CLOUD names."""
    region = config.OpenStackConfig().get_one(os.environ["OS_CLOUD"])
    return LiveCloud(
        SimpleNamespace(
            session=region.get_session(),
            region_name=region.region_name,
            interface=region.config.get("interface"),
        )
    )
