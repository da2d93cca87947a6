"""The undercloud's files: what has to be in them, and whom they are for."""

from __future__ import annotations

import configparser
from dataclasses import replace

import pytest
import yaml
from jinja2 import UndefinedError

from tripleo_cli.domain.host import File
from tripleo_cli.domain.node import DISCOVERED_KEY
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.programs import PROGRAMS
from tripleo_cli.domain.undercloud.secrets import SECRETS
from tripleo_cli.inputs.rules import parse_rules
from tripleo_cli.rendering.undercloud import render_undercloud, render_unit
from tripleo_cli.resources import shipped

CONFIG = UndercloudConfig(
    state_dir="/var/lib/uc", clouds_file="/c.yaml", service_user="uc"
)
SECRET = {name: f"secret-of-{name}" for name in SECRETS}
TEMPLATES = {
    entry.name: entry.read_text()
    for entry in (shipped("templates") / "undercloud").iterdir()
}


@pytest.fixture(scope="module")
def files() -> dict[str, File]:
    return dict(render_undercloud(CONFIG, SECRET, TEMPLATES))


def ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.read_string(text)
    return parser


def test_files_are_for_the_services_only(files: dict[str, File]) -> None:
    assert {file.mode for file in files.values()} == {0o600}
    assert {file.owner for file in files.values()} == {"uc"}
    assert all(file.path == f"/var/lib/uc/etc/{name}" for name, file in files.items())


@pytest.mark.parametrize("name", ["keystone", "glance-api", "nova", "ironic", "heat"])
def test_no_option_is_set_twice(files: dict[str, File], name: str) -> None:
    assert ini(files[f"{name}.conf"].text).sections()


def test_every_program_has_the_files_it_is_said_to_read(
    files: dict[str, File],
) -> None:
    named = {name for program in PROGRAMS for name in program.files}

    assert named <= set(files)
    others = {"supervisord.conf", "supervisord.py", "nova-cell0.conf"}
    assert set(files) - named == others


@pytest.mark.parametrize("enabled", [False, True])
def test_unknown_machines_are_enrolled_where_that_is_wanted(
    enabled: bool,  # noqa: FBT001 - a case
) -> None:
    config = replace(
        CONFIG, enable_node_discovery=enabled, discovery_default_driver="redfish"
    )
    files = dict(render_undercloud(config, SECRET, TEMPLATES))
    ironic = ini(files["ironic.conf"].text)

    assert ironic.has_section("auto_discovery") is enabled
    if enabled:
        discovery = ironic["auto_discovery"]
        assert (discovery["enabled"], discovery["driver"]) == ("true", "redfish")


def test_machines_that_enrolled_themselves_are_marked(files: dict[str, File]) -> None:
    rules = files["ironic-rules.yaml"]
    [rule] = parse_rules(yaml.safe_load(rules.text), rules.path).rules

    assert ini(files["ironic.conf"].text)["inspection_rules"]["built_in_rules"] == (
        rules.path
    )
    [action] = rule.actions or ()
    assert action["args"]["path"] == f"extra/{DISCOVERED_KEY}"


def test_the_operator_may_write_inspection_rules(files: dict[str, File]) -> None:
    policy = files["ironic-policy.yaml"].text

    for verb in ("create", "update", "delete"):
        assert f'"baremetal:inspection_rule:{verb}": "role:admin and (' in policy


def test_nova_compute_knows_no_database(files: dict[str, File]) -> None:
    assert "mysql" not in files["nova-compute.conf"].text
    assert ":3307/nova_cell0?" in files["nova-cell0.conf"].text
    assert ":3307/nova?" in files["nova.conf"].text


def test_ironic_lets_a_ramdisk_report_by_itself(files: dict[str, File]) -> None:
    ironic = ini(files["ironic.conf"].text)

    assert ironic["inspector"]["require_managed_boot"] == "false"
    assert "parse-lldp" in ironic["inspector"]["hooks"]
    assert ironic["inspector"]["extra_kernel_params"] == "ipa-collect-lldp=1"
    assert "root-device" in ironic["inspector"]["hooks"]
    assert ironic["DEFAULT"]["default_inspect_interface"] == "agent"
    assert ironic["DEFAULT"]["enabled_hardware_types"] == "ipmi,redfish,fake-hardware"


def test_ironic_keeps_nothing_outside_of_the_underclouds_folder(
    files: dict[str, File],
) -> None:
    """What Ironic says else by itself belongs to a user that is not here."""
    ironic = ini(files["ironic.conf"].text)
    folder = ironic["DEFAULT"]["state_path"]

    paths = [
        ironic["agent"]["certificates_path"],
        ironic["deploy"]["http_root"],
        ironic["deploy"]["iso_master_path"],
        *(ironic["pxe"][f"{name}_path"] for name in ("images", "instance_master")),
        *(ironic["pxe"][name] for name in ("tftp_root", "tftp_master_path")),
    ]
    assert all(path.startswith(f"{folder}/") for path in paths)
    assert len(set(paths)) == len(paths)


def test_a_service_signs_in_with_its_own_password(files: dict[str, File]) -> None:
    nova = ini(files["nova.conf"].text)

    assert nova["placement"]["password"] == "secret-of-placement"
    assert nova["keystone_authtoken"]["password"] == "secret-of-nova"
    assert "nova:secret-of-db_nova@" in nova["api_database"]["connection"]


def test_no_program_gets_a_secret_by_its_environment(files: dict[str, File]) -> None:
    for name, file in files.items():
        if name.startswith(("supervisor.d/", "uwsgi-")):
            assert "secret-of" not in file.text


def test_addresses_and_ports_are_the_configuration_s() -> None:
    ports = {name: port + 10000 for name, port in CONFIG.ports.items()}
    config = replace(CONFIG, local_ip="192.0.2.7", ports=ports)
    rendered = render_undercloud(config, SECRET, TEMPLATES)

    assert "http-socket = 192.0.2.7:15000" in rendered["uwsgi-keystone.ini"].text
    assert "auth_url = http://192.0.2.7:15000/v3" in rendered["heat.conf"].text
    assert "@192.0.2.7:13307/heat?" in rendered["heat.conf"].text
    assert "port = 13307" in rendered["my.cnf"].text
    assert 'ERL_EPMD_PORT="14370"' in rendered["supervisor.d/rabbitmq.conf"].text
    assert 'RABBITMQ_DIST_PORT="35673"' in rendered["supervisor.d/rabbitmq.conf"].text


def test_the_server_s_start_file_has_one_statement_per_line(
    files: dict[str, File],
) -> None:
    lines = [line for line in files["databases.sql"].text.splitlines() if line.strip()]

    assert len(lines) == 4 * 9
    assert all(line.endswith(";") for line in lines)


def test_the_unit_runs_supervisord_as_the_services_user() -> None:
    unit = ini(render_unit(CONFIG, TEMPLATES).text)

    assert unit["Service"]["User"] == "uc"
    program = "/var/lib/uc/venv/bin/python /var/lib/uc/etc/supervisord.py"
    assert unit["Service"]["ExecStart"].startswith(program)


def test_a_name_that_a_template_misspells_is_an_error() -> None:
    broken = {**TEMPLATES, "keystone.conf.j2": "{{ config.prots }}"}

    with pytest.raises(UndefinedError):
        render_undercloud(CONFIG, SECRET, broken)
