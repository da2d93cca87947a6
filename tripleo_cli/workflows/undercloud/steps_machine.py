"""Preparing the machine: user, folders, packages, libraries, files, supervisor."""

from __future__ import annotations

from tripleo_cli.domain.host import Call, File
from tripleo_cli.domain.undercloud.packages import PACKAGES, requirement
from tripleo_cli.domain.undercloud.secrets import KEY_REPOSITORIES, key_name
from tripleo_cli.rendering.undercloud import render_unit
from tripleo_cli.workflows.undercloud.belongings import note_packages, note_user
from tripleo_cli.workflows.undercloud.site import Site, Step, Steps
from tripleo_cli.workflows.undercloud.supervise import (
    has_systemd,
    start_supervisor,
    stop_supervisor,
)

POLICY = "/usr/sbin/policy-rc.d"
EARLIER_POLICY = f"{POLICY}.before-undercloud"
POLICY_MARK = "Written by openstack undercloud install"
POLICY_TEXT = f"""#!/bin/sh
# {POLICY_MARK}: packages must not start servers.
exit 101
"""
APT_ENV = {"DEBIAN_FRONTEND": "noninteractive"}
APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")

_DATA_FOLDERS = (
    *("glance/images", "glance/staging", "glance/tasks"),
    *("ironic/http", "ironic/tftp", "ironic/images", "ironic/master_images"),
    *("ironic/certificates", "ironic/master_iso_images", "ironic/tftp/master_images"),
    *("keystone", *(f"keystone/{name}" for name in KEY_REPOSITORIES)),
    *("neutron", "nova/instances", "rabbitmq", "scratch"),
)


def machine_steps(site: Site) -> Steps:
    """Give the steps that prepare the machine."""
    venv = site.layout.venv
    return {
        "account": Step(run=lambda _: _make_account(site)),
        "folders": Step(run=lambda _: _make_folders(site)),
        "configuration": Step(run=lambda _: _write_configuration(site)),
        "packages": Step(
            run=lambda _: _install_packages(site),
            is_intact=lambda: not _missing(site) and not _policy_is_ours(site),
        ),
        "environment": Step(
            run=lambda _: _make_environment(site),
            is_intact=lambda: site.host.exists(f"{venv}/bin/supervisord"),
        ),
        "libraries": Step(
            run=lambda _: _install_libraries(site),
            is_intact=lambda: site.host.exists(f"{venv}/bin/uwsgi"),
        ),
        "bytecode": Step(run=lambda _: _compile(site)),
        "supervisor": Step(
            run=lambda _: _run_supervisor(site),
            is_intact=site.supervisor.is_running,
        ),
    }


def _make_account(site: Site) -> str:
    user = site.config.service_user
    if site.host.run(Call(argv=("getent", "passwd", user))).succeeded:
        return ""
    home = ("--home-dir", "/nonexistent", "--no-create-home")
    shell = ("--shell", "/usr/sbin/nologin")
    note_user(site.host, site.layout)
    site.must(Call(argv=("useradd", "--system", *home, *shell, user)))
    return f"made {user}"


def _make_folders(site: Site) -> str:
    layout, user = site.layout, site.config.service_user
    host = site.host
    for path in (layout.etc, layout.programs):
        host.mkdir(path, owner=user, mode=0o700)
    for path in (layout.run, layout.data):
        host.mkdir(path, owner=user, mode=0o750)
    for name in _DATA_FOLDERS:
        parent = name.partition("/")[0]
        host.mkdir(f"{layout.data}/{parent}", owner=user, mode=0o750)
        host.mkdir(f"{layout.data}/{name}", owner=user, mode=0o750)
    host.mkdir(layout.log, owner=user, mode=0o750)
    return ""


def _write_configuration(site: Site) -> str:
    """Write what all services share; a program's own file comes when it starts."""
    changed = [
        name
        for name, file in site.files.items()
        if not name.startswith("supervisor.d/") and site.host.put(file)
    ]
    written = sorted([*changed, *_write_keys(site)])
    return f"wrote {', '.join(written)}" if written else ""


def _write_keys(site: Site) -> list[str]:
    """Fill Keystone's key repositories; one that has keys is Keystone's to rotate."""
    written = []
    for repository in KEY_REPOSITORIES:
        folder = f"{site.layout.data}/keystone/{repository}"
        if site.host.exists(f"{folder}/0"):
            continue
        # The key in use first: with file 0 there, both are.
        for index in (1, 0):
            text = site.secrets[key_name(repository, index)]
            owner = site.config.service_user
            path = f"{folder}/{index}"
            site.host.put(File(path=path, text=text, owner=owner, mode=0o600))
        written.append(f"{repository} keys")
    return written


def _missing(site: Site) -> tuple[str, ...]:
    query = ("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Abbrev}\n")
    listed = site.host.run(Call(argv=(*query, *PACKAGES))).stdout.splitlines()
    installed = {line.split()[0] for line in listed if line.split()[1:] == ["ii"]}
    return tuple(name for name in PACKAGES if name not in installed)


def _policy_is_ours(site: Site) -> bool:
    return POLICY_MARK in (site.host.read(POLICY) or "")


def _install_packages(site: Site) -> str:
    missing = _missing(site)
    try:
        if missing:
            note_packages(site.host, site.layout, missing)
            _forbid_servers(site)
            _apt(site, missing)
    finally:
        _restore_policy(site)
    return f"installed {', '.join(missing)}" if missing else ""


def _forbid_servers(site: Site) -> None:
    earlier = site.host.read(POLICY)
    if earlier is not None and POLICY_MARK not in earlier:
        site.host.put(File(path=EARLIER_POLICY, text=earlier, mode=0o755))
    site.host.put(File(path=POLICY, text=POLICY_TEXT, mode=0o755))


def _restore_policy(site: Site) -> None:
    earlier = site.host.read(EARLIER_POLICY)
    if earlier is not None:
        site.host.put(File(path=POLICY, text=earlier, mode=0o755))
        site.host.remove(EARLIER_POLICY)
    elif _policy_is_ours(site):
        site.host.remove(POLICY)


def _apt(site: Site, packages: tuple[str, ...]) -> None:
    if site.host.run(Call(argv=("dpkg", "--audit"))).stdout.strip():
        # An earlier installation, ours or another's, was cut off.
        site.must(Call(argv=("dpkg", "--configure", "-a"), env=APT_ENV))
    site.must(Call(argv=(*APT, "update"), env=APT_ENV, interruptible=True))
    options = ("install", "-y", "--no-install-recommends")
    site.must(Call(argv=(*APT, *options, *packages), env=APT_ENV))


def _make_environment(site: Site) -> str:
    """Make the environment with supervisor alone: the rest may take its time."""
    venv = site.layout.venv
    made = (site.tools.uv, "venv", "--quiet", "--python", site.tools.python)
    if not site.host.exists(f"{venv}/bin/python") or not _is_from(site):
        site.must(Call(argv=(*made, "--clear", venv), interruptible=True))
    _pip_install(site, requirement(site.tools.lock, "supervisor"))
    return f"with {site.tools.python}"


def _is_from(site: Site) -> bool:
    """Tell whether the environment there works and is of the chosen interpreter."""
    ask = "import sys; print(sys.base_prefix, *sys.version_info[:2])"
    programs = (site.tools.python, f"{site.layout.venv}/bin/python")
    answers = [site.host.run(Call(argv=(each, "-I", "-c", ask))) for each in programs]
    return answers[1].succeeded and answers[0].stdout == answers[1].stdout


def _install_libraries(site: Site) -> str:
    _pip_install(site, site.tools.lock)
    return f"{site.tools.lock.count('==')} libraries"


def _pip_install(site: Site, requirements: str) -> None:
    target = ("--python", f"{site.layout.venv}/bin/python")
    argv = (site.tools.uv, "pip", "install", *target, "--require-hashes", "-r", "-")
    site.must(Call(argv=argv, stdin=requirements, interruptible=True))


def _compile(site: Site) -> str:
    """Compile ahead: the services cannot write here, and would do it at each start."""
    python = f"{site.layout.venv}/bin/python"
    where = f"{site.layout.venv}/lib"
    # Exits with 1 where a file is not for this version of Python; none that we use.
    site.host.run(
        Call(
            argv=(python, "-m", "compileall", "-q", "-j", "0", where),
            interruptible=True,
        )
    )
    return "compiled"


def _run_supervisor(site: Site) -> str:
    """Run supervisord as systemd's unit where systemd runs, as a daemon elsewhere."""
    machine = site.installed
    if has_systemd(machine):
        site.host.put(render_unit(site.config, site.tools.templates))
        site.must(Call(argv=("systemctl", "daemon-reload")))
        site.must(Call(argv=("systemctl", "enable", site.layout.unit)))
    if site.supervisor.is_running():
        stop_supervisor(machine)
    start_supervisor(machine)
    return "started"
