"""The commands on stacks: options in, a table out."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from osc_lib import exceptions

from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.unit.workflows.stacks import a_cloud
from tripleo_cli.commands import base
from tripleo_cli.commands.deploy import DeployOvercloud
from tripleo_cli.commands.profile import MatchProfiles
from tripleo_cli.commands.stack import (
    Credentials,
    DeleteOvercloud,
    ListFailures,
    RemoveNodes,
    ShowStatus,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def cloud() -> FakeCloud:
    return a_cloud(4, extra={"simulated": "boots nothing"})


def run(kind: type[base.Command], cloud: FakeCloud, *argv: str) -> Any:
    class Timed(kind):  # type: ignore[misc, valid-type]
        clock = FakeClock()

    shell = SimpleNamespace(
        stdout=io.StringIO(),
        client_manager=SimpleNamespace(tripleo=cloud),
        command_options=[],
        prepare_to_run_command=lambda _command: None,
    )
    command = Timed(shell, None)
    is_table = issubclass(kind, base.Lister)
    options = [*argv, "-f", "json"] if is_table else [*argv]
    command.run(command.get_parser("openstack").parse_args(options))
    return json.loads(shell.stdout.getvalue()) if is_table else None


def deploy(cloud: FakeCloud, *argv: str) -> Any:
    return run(DeployOvercloud, cloud, "--stack", "oc", *argv)


def deploy_one(cloud: FakeCloud, *argv: str) -> Any:
    return deploy(cloud, "--role-count", "Compute=0", *argv)


def hostnames(rows: Any) -> list[str]:
    return [row["Hostname"] for row in rows]


def test_deploy_takes_counts_and_shows_the_plan(cloud: FakeCloud) -> None:
    rows = deploy(cloud, "--control-scale", "1", "--role-count", "Compute=1")

    assert hostnames(rows) == ["oc-controller-0", "oc-novacompute-0"]
    stack = cloud.stacks.find("oc")
    assert stack
    assert str(stack.status) == "CREATE_COMPLETE"


def test_a_dry_run_writes_the_templates_where_asked(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    folder = tmp_path / "out"

    rows = deploy_one(cloud, "--dry-run", "--output-dir", str(folder))

    assert len(rows) == 1
    assert cloud.stacks.find("oc") is None
    assert {path.name for path in folder.iterdir()} >= {
        "overcloud.yaml",
        "role-Controller.yaml",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_a_dry_run_writes_into_the_stacks_folder_else(
    cloud: FakeCloud, home: Path
) -> None:
    deploy(cloud, "--dry-run")

    place = home / "overcloud-deploy" / "oc" / "dry-run"
    assert (place / "overcloud.yaml").is_file()


def test_a_deployment_file_and_environments_count_too(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    path = tmp_path / "deployment.yaml"
    path.write_text("stack: prod\nroles: {Controller: 1}\n")
    environment = tmp_path / "env.yaml"
    environment.write_text("parameter_defaults: {ComputeCount: 2}\n")

    rows = run(DeployOvercloud, cloud, str(path), "-e", str(environment))

    assert len(rows) == 3
    assert rows[0]["Hostname"] == "prod-controller-0"


def test_the_mode_of_matching_can_be_asked_for(
    cloud: FakeCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    role = {"name": "Controller", "needs": {"cpus": 999}}
    (tmp_path / "Controller.yaml").write_text(json.dumps(role))
    options = ["--roles-path", str(tmp_path), "--role-count", "Controller=1"]

    with pytest.raises(exceptions.CommandError, match="999"):
        deploy(cloud, *options, "--role-count", "Compute=0")
    rows = deploy(cloud, *options, "--role-count", "Compute=0", "--mode", "poc")

    assert hostnames(rows) == ["oc-controller-0"]
    told = capsys.readouterr().err
    assert "Mode: scale, because the role Controller asks for a minimum size" in told
    assert "Mode: poc, as asked for" in told


def test_the_remedy_for_a_shortage_asks_what_the_deploy_asked(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    role = {"name": "Controller", "needs": {"cpus": 999}}
    folder = tmp_path / "of mine"
    folder.mkdir()
    (folder / "Controller.yaml").write_text(json.dumps(role))
    listed = [{"name": "Compute", "instances": [{"hostname": "c", "name": "node-3"}]}]
    (tmp_path / "deployment.yaml").write_text(json.dumps(listed))
    options = ["--roles-path", str(folder), "--mode", "scale", "--control-scale", "1"]

    with pytest.raises(exceptions.CommandError) as raised:
        deploy(cloud, str(tmp_path / "deployment.yaml"), *options)

    _, _, remedy = str(raised.value).partition("\nTry: ")
    words = shlex.split(remedy)
    asked = "--mode scale --pin node-3=Compute-0"
    assert remedy.startswith("openstack overcloud profiles match --explain")
    assert f"--roles-path '{folder}' {asked} --role-count" in remedy
    assert {"Controller=1", "Compute=1"} <= {*words}
    with pytest.raises(exceptions.CommandError, match="Controller needs 1 node"):
        run(MatchProfiles, cloud, *words[words.index("--explain") :])


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--role-count", "Controller=-1"], "must be at least 0"),
        (["--role-count", "Controler=1"], "did you mean"),
        (["--role-count", "Controller=9"], "node-0"),
        (["-e", "/no/where.yaml"], "there is no such file"),
        (["/no/where.yaml"], "there is no such file"),
        (["--templates", "/no/where"], "holds no heat"),
        (["--stack", "../oc"], "must start with a letter"),
    ],
)
def test_bad_options_change_nothing(
    cloud: FakeCloud, argv: list[str], told: str
) -> None:
    with pytest.raises(exceptions.CommandError, match=told):
        deploy(cloud, *argv)

    assert "create" not in cloud.stacks.calls


def test_status_shows_ids_to_programs(cloud: FakeCloud) -> None:
    deploy_one(cloud)

    (row,) = run(ShowStatus, cloud, "--stack", "oc")

    (server,) = cloud.compute.servers()
    assert (row["Hostname"], row["Server"]) == ("oc-controller-0", "ACTIVE")
    assert (row["Server ID"], row["Node UUID"]) == (server.id, server.node)


def test_failures_of_a_sound_stack_are_none(cloud: FakeCloud) -> None:
    deploy(cloud)

    assert run(ListFailures, cloud, "--stack", "oc") == []


def test_failures_are_explained(cloud: FakeCloud) -> None:
    cloud.stacks.will_fail("oc-controller-0", "disk on fire")
    with pytest.raises(exceptions.CommandError, match="disk on fire"):
        deploy(cloud)

    (row,) = run(ListFailures, cloud, "--stack", "oc")

    assert row["Resource"] == "Controller.oc-controller-0"
    assert row["Cause"] == "disk on fire"


def test_a_node_leaves(cloud: FakeCloud) -> None:
    deploy(cloud, "--compute-scale", "2")

    gone = run(RemoveNodes, cloud, "--stack", "oc", "--yes", "oc-novacompute-0")

    assert hostnames(gone) == ["oc-novacompute-0"]
    left = hostnames(run(ShowStatus, cloud, "--stack", "oc"))
    assert left == ["oc-controller-0", "oc-novacompute-1"]


@pytest.mark.parametrize("kind", [RemoveNodes, DeleteOvercloud])
def test_nothing_is_lost_without_a_yes(
    cloud: FakeCloud, kind: type[base.Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(cloud)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(exceptions.CommandError, match="add --yes"):
        run(kind, cloud, "oc")

    assert cloud.stacks.find("oc")


def test_a_stack_goes(cloud: FakeCloud) -> None:
    deploy(cloud)

    run(DeleteOvercloud, cloud, "oc", "--yes")

    assert cloud.stacks.find("oc") is None
    assert not cloud.compute.servers()


@pytest.fixture
def clouds_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = home / "clouds.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
    return path


def test_what_leads_to_a_stack_that_is_gone_goes_at_the_next_try(
    cloud: FakeCloud, clouds_file: Path, home: Path
) -> None:
    deploy(cloud)
    told = "clouds: {oc: {auth: {auth_url: http://192.0.2.9, password: secret}}}\n"
    (home / "overcloud-deploy" / "oc" / "clouds.yaml").write_text(told)
    clouds_file.mkdir()

    with pytest.raises(exceptions.CommandError) as caught:
        run(DeleteOvercloud, cloud, "oc", "--yes")

    assert cloud.stacks.find("oc") is None
    assert f"cannot read {clouds_file}" in str(caught.value)
    assert "openstack overcloud delete --yes oc" in str(caught.value)
    clouds_file.rmdir()
    clouds_file.write_text(told)
    run(DeleteOvercloud, cloud, "oc", "--yes")
    assert clouds_file.read_text() == "clouds: {}\n"


@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=str)
def test_an_entry_of_clouds_yaml_that_is_none_is_told_of_before_a_stack_is_made(
    cloud: FakeCloud, clouds_file: Path, options: list[str]
) -> None:
    clouds_file.write_text("clouds: {oc: {auth: x}}")

    with pytest.raises(exceptions.CommandError) as caught:
        deploy(cloud, *options)

    assert f"{clouds_file}: 1 problem" in str(caught.value)
    assert "clouds.oc.auth: is a text, not a mapping" in str(caught.value)
    assert cloud.stacks.find("oc") is None
    with pytest.raises(exceptions.CommandError, match="is a text, not a mapping"):
        run(Credentials, cloud, "oc")
    deploy(cloud, "--stack-only", *options)


@pytest.mark.parametrize("minutes", ["0", "-1", "soon"])
def test_a_time_limit_is_a_number_of_minutes(cloud: FakeCloud, minutes: str) -> None:
    with pytest.raises(SystemExit):
        deploy(cloud, "--timeout", minutes)


def test_all_files_that_are_wrong_are_told_of_at_once(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("parameters: [")
    words = ("-e", "/no/where.yaml", "-e", str(broken), "--skip", "everything")

    with pytest.raises(exceptions.CommandError) as caught:
        deploy(cloud, *words, "-r", "/no/roles", "--services-path", "/no/services")

    said = str(caught.value)
    assert "\n  /no/roles: there is no such file" in said
    assert "\n  /no/where.yaml: there is no such file" in said
    assert f"\n  {broken}: line" in said
    assert "\n  /no/services: is no directory" in said
    assert "everything" in said
