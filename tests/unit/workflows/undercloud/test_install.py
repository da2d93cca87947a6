"""Installing: what is made, what is skipped, what is restarted, what survives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml

from tests.fakes.host import CONFIG, KilledError
from tests.fakes.site import FakeSite
from tripleo_cli.domain.events import Event, Failed, silent
from tripleo_cli.domain.undercloud.config import Subnet, UndercloudConfig
from tripleo_cli.domain.undercloud.programs import PROGRAMS
from tripleo_cli.errors import BusyError, HostError, InvalidInputError
from tripleo_cli.resources import shipped
from tripleo_cli.workflows.undercloud.install import (
    Installed,
    closing_lines,
    dry_run_lines,
    install,
    plan_install,
)

LAYOUT = FakeSite({}).host.layout
NAMES = [program.name for program in PROGRAMS]


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    folder = shipped("templates") / "undercloud"
    return {entry.name: entry.read_text() for entry in folder.iterdir()}


@pytest.fixture
def site(templates: dict[str, str]) -> FakeSite:
    return FakeSite(templates)


def installed(site: FakeSite, config: UndercloudConfig = CONFIG) -> Installed:
    site.host.config = config
    return install(config, site.tools(), silent)


def test_a_fresh_machine_gets_every_service_and_a_cloud(site: FakeSite) -> None:
    installed(site)

    assert sorted(site.supervisor.processes()) == sorted(NAMES)
    assert all(site.supervisor.runs(name) for name in NAMES)
    assert site.administration.identity is not None
    assert site.administration.subnets == CONFIG.subnets
    assert site.host.cells == ["cell1"]
    clouds = yaml.safe_load(site.host.files[CONFIG.clouds_file])["clouds"]
    assert set(clouds) == {"undercloud", "undercloud-system"}
    assert clouds["undercloud-system"]["auth"]["system_scope"] == "all"


def test_a_second_run_does_nothing_and_says_so(site: FakeSite) -> None:
    installed(site)
    before, starts = dict(site.host.files), list(site.supervisor.starts)
    site.host.ran.clear()

    again = installed(site)

    logs = (LAYOUT.install_log, f"{LAYOUT.journal}/timings.json")
    after = {path: text for path, text in site.host.files.items() if path not in logs}
    assert after == {path: text for path, text in before.items() if path not in logs}
    assert site.supervisor.starts == starts
    assert set(site.host.programs_run()) == {"getent", "dpkg-query"}
    assert closing_lines(CONFIG, again)[0].startswith("Nothing to do")


@pytest.mark.parametrize("systemd", [False, True])
def test_systemd_gets_a_unit_where_it_runs(site: FakeSite, systemd: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    if systemd:
        site.host.folders |= {"/run/systemd/system", "/etc/systemd/system"}

    installed(site)

    assert (LAYOUT.unit_file in site.host.files) is systemd
    assert ("systemctl" in site.host.programs_run()) is systemd
    assert LAYOUT.unit == "uc.service"


CHANGES: dict[str, tuple[Callable[[UndercloudConfig], UndercloudConfig], set[str]]] = {
    "a port": (
        lambda config: replace(config, ports={**config.ports, "placement": 9}),
        {"placement"},
    ),
    "scheduling": (
        lambda config: replace(config, scheduler_max_attempts=3),
        {"nova-api", "nova-conductor", "nova-scheduler", "nova-compute"},
    ),
    "cleaning": (lambda config: replace(config, clean_nodes=True), {"ironic"}),
    "a subnet": (
        lambda config: replace(config, subnets=(Subnet(dhcp_end="192.168.24.99"),)),
        set(),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_file_restarts_only_what_reads_it(site: FakeSite, name: str) -> None:
    change, restarted = CHANGES[name]
    installed(site)
    site.supervisor.starts.clear()
    passwords = site.host.files[LAYOUT.secrets]

    config = change(CONFIG)
    installed(site, config)

    assert set(site.supervisor.starts) == restarted
    assert site.administration.subnets == config.subnets
    assert site.host.files[LAYOUT.secrets] == passwords
    assert_current(site)


def test_a_service_that_is_down_is_started(site: FakeSite) -> None:
    installed(site)
    site.supervisor.starts.clear()
    site.supervisor.crash("glance")

    again = installed(site)

    assert site.supervisor.starts == ["glance"]
    assert [timing.task for timing in again.changed] == ["start glance"]


def test_a_service_that_runs_and_is_mute_is_restarted(site: FakeSite) -> None:
    installed(site)
    site.supervisor.starts.clear()
    site.supervisor.mute.add("heat-engine")

    again = installed(site)

    assert site.supervisor.starts == ["heat-engine"]
    (changed,) = again.changed
    assert changed.outcome == "restarted heat-engine"


def test_a_refusal_does_not_use_up_the_restart(site: FakeSite) -> None:
    installed(site)
    site.supervisor.starts.clear()
    site.administration.refusals = 150
    site.supervisor.mute.add("heat-engine")

    again = installed(site)

    assert site.supervisor.starts == ["heat-engine"]
    assert [timing.outcome for timing in again.changed] == ["restarted heat-engine"]


def test_a_supervisor_that_is_gone_comes_back_with_all(site: FakeSite) -> None:
    installed(site)
    site.supervisor.shutdown()

    installed(site)

    assert all(site.supervisor.runs(name) for name in NAMES)


def test_new_versions_are_installed_and_migrated(site: FakeSite) -> None:
    installed(site)
    site.host.ran.clear()
    site.lock = site.lock.replace("nova==34.0.0", "nova==34.0.1")

    installed(site)

    assert "uv" in site.host.programs_run()
    assert "heat-manage" in site.host.programs_run()
    # Tables in use are migrated, never made anew.
    assert not [call for call in site.host.ran if "DROP" in " ".join(call.argv)]


def test_a_lost_database_is_made_again(site: FakeSite) -> None:
    installed(site)
    site.supervisor.shutdown()
    site.host.remove(f"{LAYOUT.data}/mysql")
    site.host.cells.clear()
    site.host.is_bootstrapped = False

    installed(site)

    assert site.host.is_bootstrapped
    assert site.host.cells == ["cell1"]
    assert all(site.host.tables(name) in site.host.files for name in ("nova", "heat"))


@pytest.mark.parametrize("lives", range(0, 150, 6))
def test_killed_anywhere_the_same_command_completes(site: FakeSite, lives: int) -> None:
    site.host.lives = lives
    try:
        installed(site)
    except KilledError:
        first = site.host.files.get(LAYOUT.secrets)
    else:
        first = site.host.files[LAYOUT.secrets]
    site.host.lives = None

    installed(site)

    assert all(site.supervisor.runs(name) for name in NAMES)
    assert site.host.cells == ["cell1"]
    assert first in {None, site.host.files[LAYOUT.secrets]}
    assert "/usr/sbin/policy-rc.d" not in site.host.files
    assert_current(site)
    assert not installed(site).changed


def test_an_earlier_policy_is_put_back(site: FakeSite) -> None:
    site.host.files["/usr/sbin/policy-rc.d"] = "#!/bin/sh\nexit 0\n"

    installed(site)

    assert site.host.files["/usr/sbin/policy-rc.d"] == "#!/bin/sh\nexit 0\n"


def test_an_earlier_policy_survives_a_kill(site: FakeSite) -> None:
    site.host.files["/usr/sbin/policy-rc.d"] = "#!/bin/sh\nexit 0\n"
    site.host.failing["apt-get"] = "no network"
    with pytest.raises(HostError, match="no network"):
        installed(site)
    site.host.failing.clear()

    installed(site)

    assert site.host.files["/usr/sbin/policy-rc.d"] == "#!/bin/sh\nexit 0\n"


def test_a_failure_names_task_command_output_log_and_remedy(site: FakeSite) -> None:
    site.host.failing["heat-manage"] = "line 1\nthe database is on fire"
    seen: list[Event] = []

    with pytest.raises(HostError) as caught:
        install(CONFIG, site.tools(), seen.append)

    message = str(caught.value)
    assert message.startswith("Make the tables of heat failed: ")
    assert f"{LAYOUT.venv}/bin/heat-manage --config-file" in message
    assert "the database is on fire" in message
    assert "run the same command again" in (caught.value.hint or "")
    assert LAYOUT.install_log in (caught.value.hint or "")
    assert [event.task for event in seen if isinstance(event, Failed)] == [
        "Make the tables of heat"
    ]


def test_a_service_that_does_not_stay_up_is_named_with_its_log(site: FakeSite) -> None:
    site.supervisor.broken.add("neutron")
    site.host.files[f"{LAYOUT.log}/neutron.log"] = "no such plugin\n"

    with pytest.raises(HostError, match=r"(?s)Start neutron failed.*no such plugin"):
        installed(site)


def test_no_secret_is_in_arguments_logs_or_public_files(site: FakeSite) -> None:
    site.host.failing["glance-manage"] = "denied for glance using SECRET"
    with pytest.raises(HostError):
        installed(site)
    secrets = yaml.safe_load(site.host.files[LAYOUT.secrets])
    site.host.failing["glance-manage"] = f"denied: {secrets['db_glance']}"

    with pytest.raises(HostError) as caught:
        installed(site)
    site.host.failing.clear()
    installed(site)

    public = [str(caught.value), site.host.files[LAYOUT.install_log]]
    public += [" ".join(call.argv) for call in site.host.ran]
    public += [repr(call) for call in site.host.ran]
    public += [
        text
        for path, text in site.host.files.items()
        if site.host.modes.get(path, 0) & 0o077
    ]
    for value in secrets.values():
        assert not [text for text in public if value in text]
    assert site.host.modes[LAYOUT.secrets] == 0o600
    assert site.host.modes[CONFIG.clouds_file] == 0o600


def test_another_run_is_not_disturbed(site: FakeSite) -> None:
    site.host.holder = "4711"

    with pytest.raises(BusyError, match="4711"):
        installed(site)

    assert not site.host.ran


def test_clouds_that_a_deployment_is_about_to_write_are_not_lost(
    site: FakeSite,
) -> None:
    folder = CONFIG.clouds_file.rpartition("/")[0]
    site.host.folders.add(folder)

    with site.host.turn(CONFIG.clouds_file), pytest.raises(HostError, match="has held"):
        installed(site)

    assert CONFIG.clouds_file not in site.host.files
    installed(site)
    assert CONFIG.clouds_file in site.host.files


def test_another_cloud_of_the_same_name_is_not_overwritten(site: FakeSite) -> None:
    other = {"auth": {"auth_url": "http://elsewhere", "password": "x"}}
    text = yaml.safe_dump({"clouds": {"undercloud": other}})
    site.host.files[CONFIG.clouds_file] = text

    with pytest.raises(InvalidInputError, match="another cloud"):
        installed(site)

    assert site.host.files[CONFIG.clouds_file] == text
    assert not site.host.ran


@pytest.mark.parametrize("entry", ["x", {"auth": "x"}])
def test_an_entry_that_is_none_stops_the_run_before_it_begins(
    site: FakeSite, entry: object
) -> None:
    text = yaml.safe_dump({"clouds": {"undercloud": entry}})
    site.host.files[CONFIG.clouds_file] = text

    with pytest.raises(InvalidInputError, match="is a text, not a mapping") as caught:
        installed(site)

    assert caught.value.source == CONFIG.clouds_file
    assert not site.host.ran


def test_comments_in_clouds_yaml_stay(site: FakeSite) -> None:
    text = "# Ask Ada.\nclouds:\n    prod: {auth: {}}  # hers\n"
    site.host.files[CONFIG.clouds_file] = text

    installed(site)

    written = site.host.files[CONFIG.clouds_file]
    assert written.startswith(f"{text}    undercloud:\n")
    assert set(yaml.safe_load(written)["clouds"]) == {
        *("prod", "undercloud", "undercloud-system")
    }


def test_damaged_secrets_stop_the_run_and_are_kept(site: FakeSite) -> None:
    installed(site)
    site.host.files[LAYOUT.secrets] = "admin: [unclosed"

    with pytest.raises(HostError, match="damaged"):
        installed(site)

    assert site.host.files[LAYOUT.secrets] == "admin: [unclosed"


def test_a_dry_run_tells_why_and_changes_nothing(site: FakeSite) -> None:
    fresh = plan_install(CONFIG, site.tools())
    assert fresh["sync heat"] == "has not run yet"
    assert not [path for path in site.host.files if path.startswith(LAYOUT.root)]

    installed(site)
    files = dict(site.host.files)
    config = replace(CONFIG, clean_nodes=True)
    plan = plan_install(config, site.tools())

    assert dict(plan) == {"start ironic": "changed: etc/ironic.conf"}
    assert site.host.files == files
    assert dry_run_lines(plan)[1] == "  Start ironic: changed: etc/ironic.conf"
    assert dry_run_lines({})[0].startswith("Nothing to do")


def test_the_times_of_every_task_are_kept(site: FakeSite) -> None:
    lines = closing_lines(CONFIG, installed(site))

    assert "start heat-engine" in site.host.files[f"{LAYOUT.journal}/timings.json"]
    assert any(line.startswith("databases") for line in lines)
    assert "  export OS_CLOUD=undercloud" in lines


def assert_current(site: FakeSite) -> None:
    """Every service runs with the files as they are now."""
    for program in PROGRAMS:
        now = tuple(site.host.files[f"{LAYOUT.etc}/{file}"] for file in program.files)
        assert site.supervisor.read[program.name] == now, program.name
