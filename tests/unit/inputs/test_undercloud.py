"""Reading ``undercloud.conf``: what it gives, and what each mistake gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.undercloud.config import (
    DEFAULT_PORTS,
    Subnet,
    UndercloudConfig,
)
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.undercloud import FILE_VARIABLE, load_undercloud
from tripleo_cli.inputs.undercloud_options import OBSOLETE, list_opts, sample

SAMPLE = Path(__file__).parents[3] / "docs" / "undercloud.conf.sample"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv(FILE_VARIABLE, raising=False)
    return folder


def write(folder: Path, text: str) -> Path:
    path = folder / "undercloud.conf"
    path.write_text(text)
    return path


def problems_of(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        load_undercloud(write(folder, text))
    return {one.where: f"{one.what} ({one.remedy})" for one in caught.value.problems}


def test_without_a_file_everything_has_its_default(home: Path) -> None:
    config = load_undercloud()

    assert config == UndercloudConfig(
        clouds_file=f"{home}/.config/openstack/clouds.yaml"
    )


def test_the_sample_with_all_its_comments_gives_the_defaults(home: Path) -> None:
    assert load_undercloud(write(home, sample())) == load_undercloud()


def test_the_sample_uncommented_gives_the_defaults_too(home: Path) -> None:
    text = "\n".join(
        line.removeprefix("#") if line.startswith("#") and " = " in line else line
        for line in sample().splitlines()
        if not line.startswith("# ")
    )
    text = text.replace("dns_nameservers = <None>", "")

    assert load_undercloud(write(home, text)) == load_undercloud()


def test_the_sample_in_the_documentation_is_up_to_date() -> None:
    # To renew it: openstack undercloud config sample > docs/undercloud.conf.sample
    assert SAMPLE.read_text() == sample()


def test_every_option_is_explained() -> None:
    assert all(opt.help for _, opts in list_opts() for opt in opts)


def test_no_option_is_both_valid_and_obsolete() -> None:
    valid = {opt.dest for section, opts in list_opts() for opt in opts if section}

    assert not valid & set(OBSOLETE)


@pytest.mark.parametrize("how", ["option", "variable", "home"])
def test_where_the_file_is_found(
    how: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[DEFAULT]\ncloud_name = {}\n"
    write(home, text.format("home"))
    named = tmp_path / "named.conf"
    named.write_text(text.format("option"))
    if how == "variable":
        other = tmp_path / "variable.conf"
        other.write_text(text.format("variable"))
        monkeypatch.setenv(FILE_VARIABLE, str(other))

    config = load_undercloud(named if how == "option" else None)

    assert config.cloud_name == how


def test_all_that_can_be_said_is_read(home: Path) -> None:
    text = """
[DEFAULT]
state_dir = ~/uc/
clouds_file = /etc/openstack/clouds.yaml
cloud_name = lab
service_user = uc
undercloud_hostname = director.example.com
local_ip = 10.1.0.1/24
subnets = ctlplane-subnet, leaf1
enabled_hardware_types = redfish
clean_nodes = yes
undercloud_debug = true
auth_token_lifetime = 7200
scheduler_max_attempts = 3
port_offset = 100
[ports]
nova_api = 9999
[ctlplane-subnet]
cidr = 10.1.0.0/24
dhcp_start = 10.1.0.20
dhcp_end = 10.1.0.90
gateway = 10.1.0.254
dns_nameservers = 10.1.0.2, 10.1.0.3
[leaf1]
cidr = 10.1.1.0/24
dhcp_start = 10.1.1.20
dhcp_end = 10.1.1.90
gateway = 10.1.1.254
"""
    shifted = {name: port + 100 for name, port in DEFAULT_PORTS.items()}

    assert load_undercloud(write(home, text)) == UndercloudConfig(
        state_dir=f"{home}/uc",
        clouds_file="/etc/openstack/clouds.yaml",
        cloud_name="lab",
        service_user="uc",
        undercloud_hostname="director.example.com",
        local_ip="10.1.0.1",
        ports={**shifted, "nova-api": 9999},
        subnets=(
            Subnet(
                name="ctlplane-subnet",
                cidr="10.1.0.0/24",
                dhcp_start="10.1.0.20",
                dhcp_end="10.1.0.90",
                gateway="10.1.0.254",
                dns_nameservers=("10.1.0.2", "10.1.0.3"),
            ),
            Subnet(
                name="leaf1",
                cidr="10.1.1.0/24",
                dhcp_start="10.1.1.20",
                dhcp_end="10.1.1.90",
                gateway="10.1.1.254",
            ),
        ),
        enabled_hardware_types=("redfish",),
        clean_nodes=True,
        undercloud_debug=True,
        auth_token_lifetime=7200,
        scheduler_max_attempts=3,
    )


def test_newton_names_of_the_only_subnet_are_still_understood(home: Path) -> None:
    text = """
[DEFAULT]
network_cidr = 192.0.2.0/24
network_gateway = 192.0.2.1
dhcp_start = 192.0.2.5
dhcp_end = 192.0.2.24
"""

    (subnet,) = load_undercloud(write(home, text)).subnets

    assert subnet == Subnet(
        cidr="192.0.2.0/24",
        gateway="192.0.2.1",
        dhcp_start="192.0.2.5",
        dhcp_end="192.0.2.24",
    )


def test_options_without_effect_are_named_and_not_refused(home: Path) -> None:
    text = """
[DEFAULT]
enable_ui = true
local_mtu = 1500
[auth]
undercloud_admin_password = secret
[ctlplane-subnet]
masquerade = true
"""
    seen: list[Event] = []

    config = load_undercloud(write(home, text), seen.append)

    assert config == load_undercloud(write(home, ""))
    (note,) = seen
    assert isinstance(note, Noted)
    for name in ("enable_ui", "local_mtu", "[auth]", "masquerade"):
        assert name in note.text
    assert "secret" not in note.text


DEFAULT = "[DEFAULT]\n"
MISTAKES = [
    (DEFAULT + "local_ip = 300.1.1.1", "[DEFAULT] local_ip", "not an IPv4 address"),
    (DEFAULT + "local_ip = 10.0.0.1/64", "[DEFAULT] local_ip", "not an IPv4 address"),
    (DEFAULT + "local_ip = ::1", "[DEFAULT] local_ip", "not an IPv4 address"),
    (DEFAULT + "local_ip = 0.0.0.0", "[DEFAULT] local_ip", "no address of a machine"),
    (DEFAULT + "local_ip = 192.168.24.20", "[DEFAULT] local_ip", "between dhcp_start"),
    (DEFAULT + "state_dir = var/lib", "[DEFAULT] state_dir", "not an absolute path"),
    (DEFAULT + "state_dir = /a b", "[DEFAULT] state_dir", "not an absolute path"),
    (DEFAULT + "state_dir = /var/lib", "[DEFAULT] state_dir", "holds other things"),
    (DEFAULT + "state_dir = /var/..", "[DEFAULT] state_dir", "holds other things"),
    (DEFAULT + f"state_dir = /{'x' * 80}", "[DEFAULT] state_dir", "the limit is 80"),
    (DEFAULT + "clouds_file = c.yaml", "[DEFAULT] clouds_file", "not an absolute path"),
    (DEFAULT + "cloud_name = a b", "[DEFAULT] cloud_name", "not a name"),
    (DEFAULT + "service_user = Root!", "[DEFAULT] service_user", "not the name of"),
    (DEFAULT + "service_user = root", "[DEFAULT] service_user", "must not be root"),
    (DEFAULT + "undercloud_hostname = -x", "[DEFAULT] undercloud_hostname", "-x"),
    (DEFAULT + "clean_nodes = maybe", "[DEFAULT] clean_nodes", "maybe"),
    (DEFAULT + "auth_token_lifetime = 1h", "[DEFAULT] auth_token_lifetime", "1h"),
    (DEFAULT + "auth_token_lifetime = 5", "[DEFAULT] auth_token_lifetime", "60"),
    (DEFAULT + "scheduler_max_attempts=0", "[DEFAULT] scheduler_max_attempts", "1"),
    (
        DEFAULT + "enabled_hardware_types = ilo",
        "[DEFAULT] enabled_hardware_types",
        "ilo",
    ),
    (DEFAULT + "enabled_hardware_types =", "[DEFAULT] enabled_hardware_types", "none"),
    (
        DEFAULT + "enabled_hardware_types = ipmi\nenable_node_discovery = true",
        "[DEFAULT] discovery_default_driver",
        "fake-hardware is not enabled",
    ),
    (DEFAULT + "port_offset = -1", "[DEFAULT] port_offset", "0"),
    (DEFAULT + "port_offset = 60000", "[DEFAULT] port_offset", "the last is 65535"),
    (DEFAULT + "subnets =", "[DEFAULT] subnets", "none is named"),
    (DEFAULT + "subnets = a,a", "[DEFAULT] subnets", "more than once"),
    (DEFAULT + "subnets = ports", "[DEFAULT] subnets", "not a name for a subnet"),
    (DEFAULT + "subnets = leaf1", "[leaf1] cidr", "is missing"),
    (DEFAULT + "undercloud_debg = 1", "[DEFAULT] undercloud_debg", "undercloud_debug"),
    (DEFAULT + "local_ip = $nothing", "[DEFAULT] local_ip", "$ refers"),
    ("[ports]\nkeystone = 0", "[ports] keystone", "1024"),
    ("[ports]\nkeystone = 70000", "[ports] keystone", "65535"),
    ("[ports]\nkeystone = http", "[ports] keystone", "http"),
    ("[ports]\nglance = 5000", "[ports] keystone", "also that of glance"),
    ("[ports]\nkeystoen = 5001", "[ports] keystoen", "keystone"),
    ("[port]\nkeystone = 5001", "[port]", "ports"),
    ("[ctlplane-subnet]\ncidr = 10.0.0.1/24", "[ctlplane-subnet] cidr", "host bits"),
    ("[ctlplane-subnet]\ncidr = x", "[ctlplane-subnet] cidr", "not an IPv4 network"),
    (
        "[ctlplane-subnet]\ngateway = 10.0.0.1",
        "[ctlplane-subnet] gateway",
        "outside 192.168.24.0/24",
    ),
    (
        "[ctlplane-subnet]\ngateway = 192.168.24.20",
        "[ctlplane-subnet] gateway",
        "between dhcp_start and dhcp_end",
    ),
    (
        "[ctlplane-subnet]\ngateway = 192.168.24.255",
        "[ctlplane-subnet] gateway",
        "no host's address",
    ),
    (
        "[ctlplane-subnet]\ndhcp_end = 192.168.25.9",
        "[ctlplane-subnet] dhcp_end",
        "outside 192.168.24.0/24",
    ),
    (
        "[ctlplane-subnet]\ndhcp_end = 192.168.24.5",
        "[ctlplane-subnet] dhcp_start",
        "comes after dhcp_end",
    ),
    (
        "[ctlplane-subnet]\ndns_nameservers = 8.8.8.8, dns",
        "[ctlplane-subnet] dns_nameservers",
        "not an IPv4 address",
    ),
    (
        "[DEFAULT]\nsubnets = ctlplane-subnet, leaf\n[leaf]\ncidr = 192.168.0.0/16\n"
        "dhcp_start = 192.168.1.1\ndhcp_end = 192.168.1.9\ngateway = 192.168.1.254",
        "[leaf] cidr",
        "overlaps 192.168.24.0/24 of [ctlplane-subnet]",
    ),
]


@pytest.mark.parametrize(
    ("text", "where", "part"), MISTAKES, ids=[f"{m[1]} {m[2]}" for m in MISTAKES]
)
def test_a_mistake_is_named_with_its_place(
    text: str, where: str, part: str, home: Path
) -> None:
    found = problems_of(home, text)

    assert where in found, found
    assert part in found[where]


def test_all_mistakes_are_told_at_once(home: Path) -> None:
    text = "[DEFAULT]\nlocal_ip = x\nclean_nodes = x\n[ports]\nironic = x\n[y]\nz = 1"

    found = problems_of(home, text)

    assert list(found) == [
        "[y]",
        "[DEFAULT] local_ip",
        "[DEFAULT] clean_nodes",
        "[ports] ironic",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[DEFAULT]\nlocal_ip", "line 2"),
        ("local_ip = 10.0.0.1", "line 1"),
        ("[DEFAULT]\n\n[ports\n", "line 3"),
        ("[DEFAULT]\n= 3\n", "line 2"),
    ],
)
def test_broken_syntax_is_told_with_its_line(text: str, line: str, home: Path) -> None:
    assert line in problems_of(home, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInputError, match="cannot be read: No such file"
    ) as caught:
        load_undercloud(tmp_path / "none.conf")

    assert caught.value.hint


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read: Is a directory"):
        load_undercloud(tmp_path)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "undercloud.conf"
    path.write_bytes(b"[DEFAULT]\nlocal_ip = \xff\xfe\n")

    with pytest.raises(InvalidInputError, match="not UTF-8"):
        load_undercloud(path)


def test_the_environment_does_not_set_options(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OS_DEFAULT__LOCAL_IP", "10.9.9.9")

    assert load_undercloud(write(home, "")).local_ip == "127.0.0.1"
