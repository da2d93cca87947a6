"""What is in the wheel, and what runs from it."""

from __future__ import annotations

import json
import tarfile
import zipfile

import pytest

from tests.dist.conftest import CHECKOUT, Distribution, Installation


def shipped_files() -> set[str]:
    found = {
        str(path.relative_to(CHECKOUT))
        for folder in ("roles", "templates")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file()
    }
    assert found
    return found


def test_roles_and_templates_travel_in_the_wheel(distribution: Distribution) -> None:
    with zipfile.ZipFile(distribution.wheel) as wheel:
        names = set(wheel.namelist())

    assert {f"tripleo_cli/_data/{name}" for name in shipped_files()} <= names
    assert "tripleo_cli/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_of_the_tests(distribution: Distribution) -> None:
    with zipfile.ZipFile(distribution.wheel) as wheel:
        top = {name.partition("/")[0] for name in wheel.namelist()}

    assert {name for name in top if not name.endswith(".dist-info")} == {"tripleo_cli"}


def test_the_sdist_can_be_tested(distribution: Distribution) -> None:
    with tarfile.open(distribution.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert shipped_files() <= names
    assert {"run_tests.sh", "tox.ini", "tests/unit/conftest.py", "LICENSE"} <= names


@pytest.mark.parametrize("kind", ["roles", "templates"])
def test_the_installed_package_finds_what_it_ships(
    installation: Installation, kind: str
) -> None:
    code = f"from tripleo_cli.resources import shipped; print(shipped({kind!r}))"

    assert str(installation.venv) in installation.python(code)


def test_a_command_that_needs_no_cloud_runs_anywhere(
    installation: Installation,
) -> None:
    done = installation.run("openstack", "overcloud", "role", "list", "-f", "json")

    assert done.returncode == 0, done.stderr
    roles = {next(iter(row.values())) for row in json.loads(done.stdout)}
    assert {"Controller", "Compute"} <= roles
    assert not done.stderr


def test_the_simulator_says_what_it_needs(installation: Installation) -> None:
    done = installation.run("tripleo-fleet", "--help")

    assert done.returncode == 0, done.stderr
    assert "imulated" in done.stdout


ENTRY_POINTS = """
import json
from importlib.metadata import distributions
found = [
    (point.name, point.group, one.name)
    for one in distributions()
    for point in one.entry_points
    if point.group.startswith("openstack.")
    and point.group != "openstack.cli.extension"
]
print(json.dumps(found))
"""


def test_no_command_hides_another(installation: Installation) -> None:
    points = json.loads(installation.python(ENTRY_POINTS))
    ours = [name for name, _, owner in points if owner == "tripleo-cli"]
    others = {name for name, _, owner in points if owner != "tripleo-cli"}

    assert ours
    assert len(ours) == len(set(ours))
    assert not others & set(ours)


LOAD_ALL = """
from importlib.metadata import entry_points
for group in ("openstack.tripleo.v1", "openstack.cli.extension", "console_scripts"):
    for point in entry_points(group=group):
        if point.dist.name == "tripleo-cli":
            point.load()
            print(point.name)
"""


def test_every_entry_point_loads(installation: Installation) -> None:
    assert "undercloud_install" in installation.python(LOAD_ALL).split()


def test_every_command_has_help(installation: Installation) -> None:
    points = json.loads(installation.python(ENTRY_POINTS))
    ours = [name for name, _, owner in points if owner == "tripleo-cli"]
    code = HELP.format(commands=[name.replace("_", " ") for name in ours])

    said = json.loads(installation.python(code))

    assert said
    assert not [name for name, text in said.items() if "usage: openstack" not in text]


HELP = """
import contextlib, io, json, sys
# cliff takes the program's name when it is imported.
sys.argv = ["openstack"]
from openstackclient.shell import OpenStackShell
said = {{}}
for command in {commands}:
    out = io.StringIO()
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(out):
        OpenStackShell().run([*command.split(), "--help"])
    said[command] = out.getvalue()
print(json.dumps(said))
"""
