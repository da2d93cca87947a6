"""Connects to Ironic by a cloud's name."""

from __future__ import annotations

import os

from keystoneauth1 import exceptions as auth_errors
from openstack import exceptions as sdk_errors
from openstack.config import OpenStackConfig

from tripleo_cli.errors import ServiceError, TripleoError

try:
    from tripleo_cli.simulator.ironic import LiveIronic
except ModuleNotFoundError as error:
    raise TripleoError(
        f"the fleet simulator needs {error.name}",
        hint="pip install 'tripleo-cli[simulator]'",
    ) from error


def connect(cloud: str | None) -> LiveIronic:
    """Find Ironic of that cloud, or of ``OS_CLOUD``.

    Raises:
        ServiceError: no such cloud, wrong credentials, or no Ironic in it.
    """
    name = cloud or os.environ.get("OS_CLOUD")
    try:
        region = OpenStackConfig().get_one(cloud=name)
        session = region.get_session()
        endpoint = region.get_session_endpoint("baremetal")
    except (sdk_errors.SDKException, sdk_errors.ConfigException) as error:
        hint = "set OS_CLOUD, or give --os-cloud"
        raise ServiceError(f"cloud {name}: {error}", hint=hint) from error
    except auth_errors.ClientException as error:
        raise ServiceError(f"cloud {name}: {error}") from error
    if not endpoint:
        raise ServiceError(f"cloud {name}: its catalogue has no bare metal service")
    return LiveIronic(session, endpoint)
