"""The commands, files and names that containers are made of."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.fakes.containers import FABRIC, ROOTFS, a_record, a_tenant
from tripleo_cli.errors import HostError
from tripleo_cli.simulator import container_commands as commands
from tripleo_cli.simulator import host, rootfs
from tripleo_cli.simulator.container import Image, record_from
from tripleo_cli.simulator.container_seed import account_files, seed_files
from tripleo_cli.simulator.records import FileRecords
from tripleo_cli.simulator.wires import check_routes

NODE = "0b9c61bb-a74b-44c3-a74e-b0ad1296d78d"
LONGEST_DEVICE_NAME = 15


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    fabric = replace(FABRIC, nameservers=("203.0.113.53",))
    record = a_record(NODE, fabric=fabric, is_on=True)
    records = FileRecords(tmp_path)

    records.save(record)

    assert records.all() == {NODE: record}
    assert record_from(json.loads(json.dumps(asdict(record)))) == record


def test_a_record_that_an_earlier_release_kept_is_read(tmp_path: Path) -> None:
    records = FileRecords(tmp_path)
    records.save(a_record(NODE))
    path = records.folder(NODE) / "record.json"
    kept = json.loads(path.read_text())
    del kept["trouble"], kept["is_made"]
    path.write_text(json.dumps(kept))

    assert records.all() == {NODE: a_record(NODE)}


def test_a_record_outlives_what_is_beside_it(tmp_path: Path) -> None:
    records = FileRecords(tmp_path)
    records.save(a_record(NODE))
    (records.folder(NODE) / "own").mkdir()
    (records.folder(NODE) / "own" / "secret").write_text("x")
    (records.folder(NODE) / "pid").write_text("1")

    records.empty(NODE)
    records.empty("another")

    assert [path.name for path in records.folder(NODE).iterdir()] == ["record.json"]
    assert records.all() == {NODE: a_record(NODE)}


def test_a_record_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "machines").write_text("in the way")

    with pytest.raises(HostError, match=r"keep the record of a: Not a directory"):
        FileRecords(tmp_path).save(a_record(NODE))


def test_what_a_machine_has_is_for_the_administrator_only(tmp_path: Path) -> None:
    records = FileRecords(tmp_path)

    records.save(a_record(NODE))

    assert records.folder(NODE).stat().st_mode & 0o077 == 0


def test_a_spoilt_record_hides_no_other(tmp_path: Path) -> None:
    records = FileRecords(tmp_path)
    records.save(a_record("good"))
    records.save(a_record("bad"))
    (records.folder("bad") / "record.json").write_text('{"node_id": 1')

    assert list(records.all()) == ["good"]


def test_devices_have_names_that_linux_takes() -> None:
    record = a_record(NODE)

    assert len(record.port) == LONGEST_DEVICE_NAME
    assert len(FABRIC.bridge) == LONGEST_DEVICE_NAME


def test_subnets_have_bridges_of_their_own() -> None:
    other = replace(FABRIC, subnet_id="0ther000-0000-4000-8000-000000000000")

    assert other.bridge != FABRIC.bridge


def test_the_bridge_has_the_gateways_address() -> None:
    fabric = replace(FABRIC, mtu=1400)

    made, address, up = commands.add_bridge(fabric)

    assert made[made.index("mtu") + 1] == "1400"
    assert address[:4] == ("ip", "address", "add", "203.0.113.1/24")
    assert up[-1] == "up"


def test_a_subnet_without_gateway_has_neither_address_nor_route() -> None:
    fabric = replace(FABRIC, gateway="")

    assert not [x for x in commands.add_bridge(fabric) if "address" in x[:2]]
    assert not [x for x in commands.plug_in(a_record(fabric=fabric)) if "route" in x]


def test_the_machine_has_its_address_its_hardware_address_and_its_mtu() -> None:
    fabric = replace(FABRIC, mtu=1400)
    made = [" ".join(argv) for argv in commands.plug_in(a_record(NODE, fabric=fabric))]

    cable = next(line for line in made if "veth" in line)
    assert "peer name eth0 address 02:53:01:00:00:00 mtu 1400" in cable
    assert cable.index("mtu 1400") < cable.index("type veth")
    assert any("address add 203.0.113.10/24 broadcast + dev eth0" in x for x in made)
    assert any(x.endswith("route add default via 203.0.113.1") for x in made)


def test_a_machine_of_an_ipv6_network_has_a_route_of_that_family() -> None:
    fabric = replace(FABRIC, cidr="2001:db8::/64", gateway="2001:db8::1")
    record = a_record(fabric=fabric, address="2001:db8::10")
    made = commands.plug_in(record)

    assert made[-1][3:5] == ("-6", "route")
    assert not any("broadcast" in argv for argv in made)


def test_a_container_may_not_set_the_hosts_clock() -> None:
    argv = commands.nspawn(a_record(NODE), "/state")

    assert "--drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE" in argv
    assert "--capability=all" in argv
    assert "--directory=/state/root" in argv


def test_a_container_outlives_whoever_starts_it() -> None:
    argv = commands.launch(a_record(NODE), "/state")

    assert argv[:2] == ("setsid", "--fork")
    assert "/state/pid" in argv


def test_cloud_init_finds_a_config_drive() -> None:
    tenant = a_tenant(user_data=b"#cloud-config\n", metadata={"role": "x"})
    files = {file.path: file for file in seed_files(a_record(), tenant)}

    drive = "/var/lib/cloud/seed/config_drive/openstack"
    for version in ("2018-08-27", "latest"):
        metadata = json.loads(files[f"{drive}/{version}/meta_data.json"].content)
        assert metadata["uuid"] == "server-1"
        assert metadata["meta"] == {"role": "x"}
        assert metadata["public_keys"] == tenant.keys
    assert files[f"{drive}/latest/user_data"].content == b"#cloud-config\n"
    assert files[f"{drive}/latest/user_data"].mode == 0o600


def test_the_config_drive_names_the_machines_own_network_card() -> None:
    files = {file.path: file for file in seed_files(a_record(), a_tenant())}

    drive = "/var/lib/cloud/seed/config_drive/openstack/latest"
    network = json.loads(files[f"{drive}/network_data.json"].content)
    assert network["links"][0]["ethernet_mac_address"] == "02:53:01:00:00:00"
    assert network["networks"][0]["ip_address"] == "203.0.113.10/24"


def test_a_machine_knows_its_own_name() -> None:
    files = {f.path: f.content.decode() for f in seed_files(a_record(), a_tenant())}

    assert files["/etc/hostname"] == "host-server-1\n"
    assert "203.0.113.10 host-server-1" in files["/etc/hosts"]


def test_chrony_runs_where_the_clock_is_the_hosts() -> None:
    files = {f.path: f.content.decode() for f in seed_files(a_record(), a_tenant())}

    words = files["/etc/systemd/system/chrony.service.d/tripleo-fleet.conf"]
    assert "ConditionCapability=\n" in words
    assert "chronyd -x" in words


def test_an_image_without_cloud_init_gets_the_key_all_the_same() -> None:
    files = {file.path: file for file in account_files(a_tenant())}

    keys = files["/home/tripleo-admin/.ssh/authorized_keys"]
    assert (keys.content, keys.mode) == (b"ssh-ed25519 AAAA somebody\n", 0o600)
    assert files["/etc/sudoers.d/tripleo-admin"].mode == 0o440


def test_a_subnet_that_is_routed_elsewhere_is_refused() -> None:
    routes = json.dumps(
        [{"dst": "default", "dev": "eth0"}, {"dst": "203.0.113.0/25", "dev": "eth1"}]
    )

    with pytest.raises(HostError, match=r"203\.0\.113\.0/24 is routed by eth1 already"):
        check_routes(FABRIC, routes)


def test_other_routes_do_not_matter() -> None:
    routes = [{"dst": "198.51.100.0/24", "dev": "eth0"}, {"dst": "192.0.3.7"}]

    check_routes(FABRIC, json.dumps(routes))


def test_links_of_a_machine_are_followed_inside_it(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("/usr/lib")
    (tmp_path / "up").symlink_to("../../../usr")

    assert host.inside(tmp_path, "/lib/x") == tmp_path / "usr/lib/x"
    assert host.inside(tmp_path, "/up/lib/x") == tmp_path / "usr/lib/x"


def test_a_file_replaces_the_link_that_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").symlink_to("/etc/passwd")

    host.write_inside(tmp_path, "/etc/resolv.conf", b"mine", mode=0o644)

    assert (tmp_path / "etc/resolv.conf").read_text() == "mine"
    assert not (tmp_path / "etc/resolv.conf").is_symlink()


def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(HostError, match="circle"):
        host.inside(tmp_path, "/a/x")


def test_an_image_of_another_format_is_refused_before_it_is_loaded(
    tmp_path: Path,
) -> None:
    cache = rootfs.RootfsCache(tmp_path, lambda *_: pytest.fail("downloaded"))

    with pytest.raises(HostError, match="root has disk format qcow2") as caught:
        cache.unpack(replace(ROOTFS, disk_format="qcow2"))

    assert "tar.zst" in str(caught.value.hint)


def test_an_image_that_is_there_is_not_loaded_again(tmp_path: Path) -> None:
    cache = rootfs.RootfsCache(tmp_path, lambda *_: pytest.fail("downloaded"))
    there = tmp_path / f"sha512-{ROOTFS.digest[:32]}"
    there.mkdir()

    assert cache.unpack(ROOTFS) == str(there)


def test_a_full_disk_is_told_with_what_it_was_needed_for(tmp_path: Path) -> None:
    def download(_image: Image, _path: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    cache = rootfs.RootfsCache(tmp_path, download)

    with pytest.raises(HostError, match=r"unpack image root in .*: No space left"):
        cache.unpack(ROOTFS)


def test_a_damaged_image_is_told(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(b"x")
    good = replace(ROOTFS, digest=hashlib.sha512(b"x").hexdigest())

    rootfs.check_digest(good, archive)
    with pytest.raises(HostError, match="arrived damaged"):
        rootfs.check_digest(ROOTFS, archive)
