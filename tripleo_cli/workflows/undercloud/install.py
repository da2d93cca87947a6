"""Installing an undercloud, or making an installed one what its file says."""

from __future__ import annotations

import base64
import json
import secrets as randomness
import string
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256

import yaml

from tripleo_cli.domain.events import Reporter, silent
from tripleo_cli.domain.host import ROOT, File
from tripleo_cli.domain.undercloud.catalog import identity_of, url_of
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.journal import Inputs
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.packages import PACKAGES
from tripleo_cli.domain.undercloud.secrets import ADMIN, SecretKind, complete
from tripleo_cli.domain.undercloud.tasks import TASKS, file_input
from tripleo_cli.domain.undercloud.timing import Timing, phase_lines
from tripleo_cli.errors import HostError, TripleoError
from tripleo_cli.rendering.undercloud import render_undercloud, render_unit
from tripleo_cli.workflows.undercloud.graph import (
    TaskFailedError,
    Work,
    do_all,
    reasons,
)
from tripleo_cli.workflows.undercloud.journal import Journal
from tripleo_cli.workflows.undercloud.ports import Host
from tripleo_cli.workflows.undercloud.recorder import RecordedHost
from tripleo_cli.workflows.undercloud.site import Site, Steps, Tools
from tripleo_cli.workflows.undercloud.steps_cloud import check_clouds, cloud_steps
from tripleo_cli.workflows.undercloud.steps_database import database_steps
from tripleo_cli.workflows.undercloud.steps_machine import machine_steps
from tripleo_cli.workflows.undercloud.steps_service import service_steps

PASSWORD_LENGTH = 32
ALPHABET = string.ascii_letters + string.digits
FERNET_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What an installation did: each task's time, and the whole, in seconds."""

    timings: Sequence[Timing]
    seconds: float

    @property
    def changed(self) -> Sequence[Timing]:
        """The tasks that changed something."""
        return tuple(timing for timing in self.timings if timing.outcome)


def install(config: UndercloudConfig, tools: Tools, report: Reporter) -> Installed:
    """Bring the undercloud up as ``config`` says, from whatever state it is in.

    Raises:
        BusyError: Another run is at it.
        TripleoError: A task failed; running again goes on from there.
    """
    layout = Layout(config.state_dir)
    with tools.host.lock(layout.lock):
        began = tools.clock.now()
        site = _prepare(config, tools)
        check_clouds(site)
        recorder = RecordedHost(tools.host, layout.install_log, site.secrets)
        recorder.note("--- openstack undercloud install ---")
        work = _work(site, report)
        try:
            timings = do_all(work)
        except TaskFailedError as error:
            recorder.note(f"{error.task.title} failed: {error}")
            raise _explained(error, layout) from error
        except KeyboardInterrupt as interrupt:
            recorder.note("interrupted")
            raise HostError(
                "interrupted; what had begun was brought to its end",
                hint="run the same command again: it goes on from here",
            ) from interrupt
        installed = Installed(timings=timings, seconds=tools.clock.now() - began)
        _keep_timings(tools.host, layout, installed)
        recorder.note(f"finished in {installed.seconds:.1f} s")
        return installed


def plan_install(config: UndercloudConfig, tools: Tools) -> Mapping[str, str]:
    """Say which tasks would run, and why; changes nothing."""
    layout = Layout(config.state_dir)
    secrets = complete(_read_secrets(tools.host, layout), _make_secret)
    site = _site(config, tools, secrets, tools.host)
    found = reasons(_work(site, silent))
    always = {task.name for task in TASKS if task.always}
    return {name: why for name, why in found.items() if name not in always}


def _prepare(config: UndercloudConfig, tools: Tools) -> Site:
    """Make what has to be there before anything else, and load the secrets."""
    layout, host = Layout(config.state_dir), tools.host
    host.mkdir(layout.root, owner=ROOT, mode=0o755)
    host.mkdir(layout.journal, owner=ROOT, mode=0o700)
    host.mkdir(layout.secrets.rpartition("/")[0], owner=ROOT, mode=0o700)
    if not host.exists(layout.log):
        host.mkdir(layout.log, owner=ROOT, mode=0o750)
    secrets = complete(_read_secrets(host, layout), _make_secret)
    text = yaml.safe_dump(dict(secrets))
    host.put(File(path=layout.secrets, text=text, mode=0o600))
    return _site(
        config, tools, secrets, RecordedHost(host, layout.install_log, secrets)
    )


def _site(
    config: UndercloudConfig, tools: Tools, secrets: Mapping[str, str], host: Host
) -> Site:
    layout = Layout(config.state_dir)
    return Site(
        config=config,
        layout=layout,
        secrets=secrets,
        files=render_undercloud(config, secrets, tools.templates),
        tools=tools,
        host=host,
        supervisor=tools.supervisor(layout),
        administration=tools.administration(config, secrets),
    )


def _work(site: Site, report: Reporter) -> Work:
    def interrupt() -> None:
        site.stop.set()
        site.tools.host.interrupt()

    return Work(
        steps=_steps(site),
        journal=Journal(site.tools.host, site.layout.journal),
        hashes=_hashes(site),
        clock=site.tools.clock,
        report=report,
        interrupt=interrupt,
    )


def _steps(site: Site) -> Steps:
    return {
        **machine_steps(site),
        **database_steps(site),
        **service_steps(site),
        **cloud_steps(site),
    }


def _hashes(site: Site) -> Inputs:
    """Hash everything that a task may depend on."""
    config = site.config
    identity = identity_of(config, site.secrets)
    texts = {
        "packages": " ".join(PACKAGES),
        "python": site.tools.python,
        "services.lock": site.tools.lock,
        "systemd unit": render_unit(config, site.tools.templates).text,
        "keystone address": url_of(config, "keystone"),
        "administrator": site.secrets[ADMIN],
        "identity": json.dumps([dict(identity.passwords), dict(identity.endpoints)]),
        "subnets": json.dumps([asdict(subnet) for subnet in config.subnets]),
        "hostname": config.undercloud_hostname,
        **{file_input(name): file.text for name, file in site.files.items()},
    }
    return {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _read_secrets(host: Host, layout: Layout) -> Mapping[str, str]:
    text = host.read(layout.secrets)
    if text is None:
        return {}
    try:
        known = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _damaged(layout) from error
    if not isinstance(known, dict) or not known:
        raise _damaged(layout)
    return {str(name): str(value) for name, value in known.items()}


def _damaged(layout: Layout) -> HostError:
    # Never quote its content: it is made of passwords.
    return HostError(
        f"{layout.secrets} is damaged",
        hint="restore it from a backup: without it the databases cannot be opened",
    )


def _make_secret(kind: SecretKind) -> str:
    if kind is SecretKind.FERNET_KEY:
        raw = randomness.token_bytes(FERNET_KEY_BYTES)
        return base64.urlsafe_b64encode(raw).decode()
    return "".join(randomness.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))


def _explained(error: TaskFailedError, layout: Layout) -> TripleoError:
    hint = (
        f"run the same command again: it goes on from here; log: {layout.install_log}"
    )
    if error.hint:
        hint = f"{error.hint}; then {hint}"
    return HostError(f"{error.task.title} failed: {error}", hint=hint)


def _keep_timings(host: Host, layout: Layout, installed: Installed) -> None:
    """Add this run to the record of runs, newest last."""
    path = f"{layout.journal}/timings.json"
    runs = json.loads(host.read(path) or "[]")
    runs.append(
        {
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(installed.seconds, 2),
            "tasks": [asdict(timing) for timing in installed.timings],
        }
    )
    text = json.dumps(runs[-20:], indent=1) + "\n"
    host.put(File(path=path, text=text, mode=0o600))


def closing_lines(config: UndercloudConfig, installed: Installed) -> Sequence[str]:
    """Say what was done, and what to type next."""
    took = f"{installed.seconds:.1f} s"
    if not installed.changed:
        return (f"Nothing to do: the undercloud is as it should be ({took}).",)
    return (
        *phase_lines(installed.timings),
        "",
        f"The undercloud is up ({took}). Next:",
        *_variables(config),
        "  openstack undercloud status",
        "  openstack overcloud node import <file>",
    )


def dry_run_lines(plan: Mapping[str, str]) -> Sequence[str]:
    """Say what would be done."""
    if not plan:
        return ("Nothing to do: the undercloud is as it should be.",)
    titles = {task.name: task.title for task in TASKS}
    lines = [f"  {titles[name]}: {why}" for name, why in plan.items()]
    return ("This would be done:", *lines)


def _variables(config: UndercloudConfig) -> Sequence[str]:
    return (
        f"  export OS_CLIENT_CONFIG_FILE={config.clouds_file}",
        f"  export OS_CLOUD={config.cloud_name}",
    )
