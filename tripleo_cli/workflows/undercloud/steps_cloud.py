"""Keystone's first user, the catalogue, the network, clouds.yaml, a last look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from tripleo_cli.domain.host import ROOT, Call, File
from tripleo_cli.domain.undercloud.catalog import REGION, identity_of, url_of
from tripleo_cli.domain.undercloud.clouds import (
    cloud_entries,
    entry_problems,
    merged,
    strangers,
)
from tripleo_cli.domain.undercloud.secrets import ADMIN
from tripleo_cli.errors import HostError, InvalidInputError, Problem, ServiceError
from tripleo_cli.rendering.clouds_file import render_clouds
from tripleo_cli.workflows.undercloud.clouds import load_clouds
from tripleo_cli.workflows.undercloud.site import Site, Step, Steps
from tripleo_cli.workflows.undercloud.steps_database import map_hosts
from tripleo_cli.workflows.undercloud.steps_service import SPEC_OF

ANSWER_TIMEOUT_S = 120
HEAL_AFTER_S = 60


def cloud_steps(site: Site) -> Steps:
    """Give the steps that make a cloud of the services."""
    return {
        "bootstrap": Step(run=lambda _: _bootstrap(site)),
        "identity": Step(run=lambda _: _register(site)),
        "network": Step(run=lambda _: _make_network(site)),
        "hosts": Step(run=lambda _: _map_hosts(site)),
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
    document = load_clouds(site.host, path)
    if problems := tuple(entry_problems(document, entries)):
        raise InvalidInputError(path, problems)
    if others := strangers(document, entries):
        remedy = "set another cloud_name in undercloud.conf, or remove the entry"
        raise InvalidInputError(
            path,
            [Problem(f"clouds.{name}", "is another cloud", remedy) for name in others],
        )


def _write_clouds(site: Site) -> str:
    """Merge our entries into the operator's file."""
    path = site.config.clouds_file
    folder = str(PurePath(path).parent)
    if not site.host.exists(folder):
        site.host.mkdir(folder, owner=ROOT, mode=0o755)
    with site.host.turn(path):
        check_clouds(site)
        document = load_clouds(site.host, path)
        wanted = merged(document, cloud_entries(site.config, site.secrets))
        if wanted == document:
            return ""
        text = render_clouds(site.host.read(path) or "", wanted)
        site.host.put(File(path=path, text=text, mode=0o600))
    return f"wrote {path}"


def _map_hosts(site: Site) -> str:
    """Map the compute service once Nova knows it: before, there is nothing to map."""
    hostname = site.config.undercloud_hostname
    wait = Wait(site, ANSWER_TIMEOUT_S)
    while mute := _mute_compute(site, hostname):
        wait.once_more(mute)
    return map_hosts(site)


def _check(site: Site) -> str:
    """Wait until the services without a port report to those with one.

    One that stays silent is restarted once: supervisor calls it RUNNING as long as
    its process lives, even where its workers died or wait for an answer in vain.
    """
    wait = Wait(site, ANSWER_TIMEOUT_S)
    healed = ""
    while silent := _silent(site):
        names = [name for name in silent if name in SPEC_OF]
        if names and not healed and wait.seconds > HEAL_AFTER_S:
            _restart(site, names)
            healed = f"restarted {', '.join(names)}"
            wait = Wait(site, ANSWER_TIMEOUT_S)
        wait.once_more(", ".join(silent))
    return healed


class Wait:
    """The patience of one step: looks again after a moment, but not for ever."""

    def __init__(self, site: Site, timeout_s: float) -> None:
        self._site = site
        self._timeout_s = timeout_s
        self._began = site.tools.clock.now()

    @property
    def seconds(self) -> float:
        """How long it has waited."""
        return self._site.tools.clock.now() - self._began

    def once_more(self, silent: str) -> None:
        """Let a moment pass.

        Raises:
            HostError: It took too long; or the operator asked for the end.
        """
        if self.seconds > self._timeout_s:
            raise HostError(f"these services do not report to be up: {silent}")
        if self._site.stop.is_set():
            raise HostError("the services were not waited for")
        self._site.tools.clock.sleep(0.5)


def _restart(site: Site, names: Sequence[str]) -> None:
    for name in names:
        site.supervisor.stop(name)
        site.supervisor.start(name)


def _mute_compute(site: Site, hostname: str) -> str:
    """Say what keeps nova-compute from being known; empty where nothing does."""
    try:
        is_up = site.administration.is_computing(hostname)
    except ServiceError as error:
        # nova-api may have been restarted a moment ago.
        return str(error)
    return "" if is_up else "nova-compute"


def _silent(site: Site) -> Sequence[str]:
    try:
        return site.administration.silent_agents(site.config.undercloud_hostname)
    except ServiceError as error:
        # A service that was restarted a moment ago may still refuse.
        return (str(error),)
