"""Tell how to sign in to an undercloud."""

from __future__ import annotations

from collections.abc import Mapping

from tripleo_cli.workflows.undercloud.clouds import find_cloud
from tripleo_cli.workflows.undercloud.installed import Undercloud

HIDDEN = "***"


def credentials(
    undercloud: Undercloud, *, show_password: bool = False
) -> Mapping[str, str]:
    """Give the values of the cloud's entry and where they are kept.

    Raises:
        NotFoundError: clouds.yaml has no entry of this undercloud.
    """
    config = undercloud.config
    cloud = find_cloud(config, undercloud.host)
    auth = {str(key): str(value) for key, value in cloud["auth"].items()}
    if not show_password:
        auth["password"] = HIDDEN
    return {
        "cloud": config.cloud_name,
        "system_cloud": f"{config.cloud_name}-system",
        **auth,
        "region_name": str(cloud.get("region_name", "")),
        "clouds_file": config.clouds_file,
        "passwords_file": undercloud.layout.secrets,
    }
