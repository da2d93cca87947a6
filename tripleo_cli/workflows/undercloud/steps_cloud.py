"""Keystone's first user, the catalogue, the network, clouds.yaml, a last look."""

from __future__ import annotations

from pathlib import PurePath

import yaml

from tripleo_cli.domain.host import ROOT, Call, File
from tripleo_cli.domain.undercloud.catalog import REGION, identity_of, url_of
from tripleo_cli.domain.undercloud.clouds import cloud_entries, merged, strangers
from tripleo_cli.domain.undercloud.secrets import ADMIN
from tripleo_cli.errors import HostError, InvalidInputError, Problem, ServiceError
from tripleo_cli.workflows.undercloud.clouds import load_clouds
from tripleo_cli.workflows.undercloud.site import Site, Step, Steps
from tripleo_cli.workflows.undercloud.steps_database import map_hosts

CHECK_TIMEOUT_S = 90


def cloud_steps(site: Site) -> Steps:
    """Give the steps that make a cloud of the services."""
    return {
        "bootstrap": Step(run=lambda _: _bootstrap(site)),
        "identity": Step(run=lambda _: _register(site)),
        "network": Step(run=lambda _: _make_network(site)),
        "hosts": Step(run=lambda _: map_hosts(site)),
        "clouds": Step(run=lambda _: _write_clouds(site)),
        "check": Step(run=lambda _: _check(site)),
    }


def _bootstrap(site: Site) -> str:
    url = f"{url_of(site.config, 'keystone')}/v3"
    program = f"{site.layout.venv}/bin/keystone-manage"
    configuration = ("--config-file", f"{site.layout.etc}/keystone.conf")
    where = ("--bootstrap-public-url", url, "--bootstrap-region-id", REGION)
    site.must(
        Call(
            argv=(program, *configuration, "bootstrap", *where),
            env={"OS_BOOTSTRAP_PASSWORD": site.secrets[ADMIN]},
            user=site.config.service_user,
        )
    )
    return "made admin"


def _register(site: Site) -> str:
    wanted = identity_of(site.config, site.secrets)
    return _counted(site.administration.ensure_identity(wanted))


def _make_network(site: Site) -> str:
    return _counted(site.administration.ensure_network(site.config.subnets))


def _counted(changes: int) -> str:
    return f"{changes} changes" if changes else ""


def check_clouds(site: Site) -> None:
    """Make sure that our entries would not replace another cloud's.

    Raises:
        InvalidInputError: They would, or the file cannot be understood.
    """
    path = site.config.clouds_file
    entries = cloud_entries(site.config, site.secrets)
    others = strangers(load_clouds(site.host, path), entries)
    if others:
        remedy = "set another cloud_name in undercloud.conf, or remove the entry"
        raise InvalidInputError(
            path,
            [Problem(f"clouds.{name}", "is another cloud", remedy) for name in others],
        )


def _write_clouds(site: Site) -> str:
    """Merge our entries into the operator's file."""
    path = site.config.clouds_file
    check_clouds(site)
    document = load_clouds(site.host, path)
    wanted = merged(document, cloud_entries(site.config, site.secrets))
    if wanted == document:
        return ""
    folder = str(PurePath(path).parent)
    if not site.host.exists(folder):
        site.host.mkdir(folder, owner=ROOT, mode=0o755)
    text = yaml.safe_dump(wanted, sort_keys=False)
    site.host.put(File(path=path, text=text, mode=0o600))
    return f"wrote {path}"


def _check(site: Site) -> str:
    """Wait until the services without a port report to those with one."""
    clock = site.tools.clock
    deadline = clock.now() + CHECK_TIMEOUT_S
    while silent := _silent(site):
        if clock.now() > deadline:
            listed = ", ".join(silent)
            raise HostError(f"these services do not report to be up: {listed}")
        if site.stop.is_set():
            raise HostError("the services were not waited for")
        clock.sleep(0.5)
    return ""


def _silent(site: Site) -> tuple[str, ...]:
    try:
        return tuple(site.administration.silent_agents(site.config.undercloud_hostname))
    except ServiceError as error:
        # A service that was restarted a moment ago may still refuse.
        return (str(error),)
