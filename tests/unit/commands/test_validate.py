"""`overcloud validate`, and the same checks in `overcloud deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from osc_lib import exceptions

from tests.fakes.cloud import FakeCloud
from tests.unit.commands.test_deploy import deploy, home, run
from tests.unit.workflows.stacks import a_cloud
from tripleo_cli.commands.deploy import ValidateOvercloud
from tripleo_cli.domain.validation.registry import CHECKS
from tripleo_cli.errors import UnreachableError

__all__ = ["home"]


@pytest.fixture
def cloud() -> FakeCloud:
    return a_cloud(4, extra={"simulated": "boots nothing"})


@pytest.fixture
def imageless(cloud: FakeCloud) -> FakeCloud:
    """An undercloud without the image that roles name."""
    (image,) = cloud.images.images()
    cloud.images.delete(image.id)
    return cloud


def validate(cloud: FakeCloud, *argv: str) -> Any:
    return run(ValidateOvercloud, cloud, "--stack", "oc", *argv)


def results(rows: Any) -> dict[str, str]:
    return {row["Check"]: row["Result"] for row in rows}


def test_all_checks_are_shown_and_nothing_is_changed(cloud: FakeCloud) -> None:
    rows = validate(cloud, "--role-count", "Compute=1")

    assert results(rows) == {check.name: "ok" for check in CHECKS}
    assert "create" not in cloud.stacks.calls
    assert not cloud.compute.flavors()
    assert not any(node.traits for node in cloud.baremetal.nodes())


def test_a_silent_service_is_shown_beside_the_rest(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> None:
        raise UnreachableError("no answer from Glance", hint="wake it")

    monkeypatch.setattr(cloud.images, "images", silent)

    rows = validate(cloud, "--validation-errors-nonfatal")

    first = rows[0]
    assert (first["Check"], first["Result"], first["Remedy"]) == (
        "services",
        "error",
        "wake it",
    )
    assert results(rows)["images"] == "unknown"
    assert results(rows)["subnet"] == "ok"
    with pytest.raises(exceptions.CommandError, match="not ready to deploy"):
        validate(cloud)


def test_how_many_nodes_were_looked_at_is_shown(cloud: FakeCloud) -> None:
    [row] = [row for row in validate(cloud) if row["Check"] == "root-disk"]

    assert row["What"].endswith("gets the system. 0 of 2 nodes looked at")


def test_an_error_fails(imageless: FakeCloud) -> None:
    with pytest.raises(exceptions.CommandError, match="18 checks: 1 error"):
        validate(imageless)


def test_errors_can_be_accepted(imageless: FakeCloud) -> None:
    rows = validate(imageless, "--validation-errors-nonfatal")

    (error,) = [row for row in rows if row["Result"] == "error"]
    assert error["Check"] == "images"
    assert error["Subject"] == ["overcloud-full"]
    assert error["Remedy"]


def test_warnings_can_be_fatal(cloud: FakeCloud, tmp_path: Path) -> None:
    path = tmp_path / "env.yaml"
    path.write_text("parameter_defaults: {ComputCount: 2}\n")

    rows = validate(cloud, "-e", str(path))

    assert results(rows)["counts"] == "warning"
    with pytest.raises(exceptions.CommandError, match="1 warning"):
        validate(cloud, "-e", str(path), "--validation-warnings-fatal")


def test_checks_can_be_left_out(imageless: FakeCloud) -> None:
    rows = validate(imageless, "--skip", "images,ntp", "--skip", "subnet")

    assert results(rows)["images"] == "skipped"
    assert set(results(rows).values()) == {"ok", "skipped"}


@pytest.mark.parametrize("command", [validate, deploy])
def test_unknown_checks_are_refused(cloud: FakeCloud, command: Any) -> None:
    with pytest.raises(exceptions.CommandError, match='did you mean "images"'):
        command(cloud, "--skip", "image")


def test_deploy_refuses_before_anything_is_changed(imageless: FakeCloud) -> None:
    with pytest.raises(exceptions.CommandError, match="images: overcloud-full"):
        deploy(imageless)

    assert "create" not in imageless.stacks.calls
    assert not imageless.compute.flavors()
    assert not any(node.traits for node in imageless.baremetal.nodes())


@pytest.mark.parametrize(
    "option", [("--validation-errors-nonfatal",), ("--skip", "images")]
)
def test_deploy_goes_on_where_it_is_told_to(
    imageless: FakeCloud, option: tuple[str, ...]
) -> None:
    deploy(imageless, *option)

    assert imageless.stacks.find("oc")


def test_a_dry_run_shows_what_is_wrong(imageless: FakeCloud) -> None:
    with pytest.raises(exceptions.CommandError, match="images: overcloud-full"):
        deploy(imageless, "--dry-run")

    assert "create" not in imageless.stacks.calls


def test_warnings_are_told_before_the_deployment(
    cloud: FakeCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "env.yaml"
    path.write_text("parameter_defaults: {ComputCount: 2}\n")

    deploy(cloud, "-e", str(path))

    assert "warning: counts: ComputCount" in capsys.readouterr().err


def test_too_few_nodes_do_not_hide_other_findings(
    imageless: FakeCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(exceptions.CommandError, match="needs 9 nodes"):
        deploy(imageless, "--role-count", "Controller=9")

    assert "images: overcloud-full" in capsys.readouterr().err
