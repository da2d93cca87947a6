"""Images are built once for what they are made of, and never half."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.image_builder import FakeImageBuilder, FakeImageStore
from tests.unit.domain.image.recipes import an_image
from tripleo_cli.domain.events import Event, Finished, Noted, Progressed, Skipped
from tripleo_cli.domain.image.description import Descriptions
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import BusyError, HostError, InvalidInputError
from tripleo_cli.workflows.image_build import (
    BuildResult,
    Inputs,
    Target,
    Tools,
    build_images,
    plan_recipes,
)

ROLES = {"Control": Role(name="Control", services=("keystone", "ceph-osd"))}
SERVICES = {"keystone": Service(name="keystone", packages=("keystone",))}
TARGET = Target(output=Path("/out"), temp=Path("/scratch"))


class Lab:
    """A machine, what it keeps, and what it told."""

    def __init__(self) -> None:
        self.store = FakeImageStore()
        self.builder = FakeImageBuilder(self.store)
        self.events: list[Event] = []

    def build(self, target: Target = TARGET, **image: Any) -> list[BuildResult]:
        tools = Tools(
            builder=self.builder,
            store=self.store,
            clock=FakeClock(),
            elements=("/shipped",),
        )
        described = an_image(**{"roles": ("all",), **image})
        said = Descriptions(said=(("mine.yaml", described),))
        inputs = Inputs(roles=ROLES, services=SERVICES, said=said)
        recipes = plan_recipes(tools, [described], inputs, self.events.append)
        return build_images(tools, recipes, target, self.events.append)


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_an_image_is_built_and_put_where_it_is_wanted(lab: Lab) -> None:
    (result,) = lab.build()

    assert (result.form, result.path) == ("tar", Path("/out/node.tar.zst"))
    assert result.action.startswith("built in ")
    assert lab.store.published == {Path("/out/node.tar.zst"): "tar 1"}
    (built,) = lab.store.builds.values()
    assert built.versions == {"curl": "7"}
    assert any(isinstance(event, Finished) for event in lab.events)


def test_it_is_not_built_twice(lab: Lab) -> None:
    lab.build()
    (result,) = lab.build()

    assert result.action == "up to date"
    assert lab.builder.builds == 1
    assert any(isinstance(event, Skipped) for event in lab.events)


@pytest.mark.parametrize("changed", ["contents", "targets"])
def test_other_elements_or_sources_build_it_again(lab: Lab, changed: str) -> None:
    lab.build()
    others = {"contents": "e2", "targets": ("http://n/debian/|bookworm|main||",)}
    setattr(lab.builder, changed, others[changed])
    lab.build(environment={"DIB_RELEASE": "bookworm"})

    assert lab.builder.builds == 2


def test_an_operator_may_build_it_in_any_case(lab: Lab) -> None:
    lab.build()
    lab.build(replace(TARGET, again=True))

    assert lab.builder.builds == 2


DISK: dict[str, Any] = {"disk_elements": ("tripleo-disk",)}


def test_a_disk_is_made_of_the_archive_that_is_given_as_well(lab: Lab) -> None:
    results = lab.build(formats=("tar", "qcow2"), **DISK)

    assert [result.path.name for result in results] == ["node.tar.zst", "node.qcow2"]
    assert lab.store.published[Path("/out/node.qcow2")] == "qcow2 2 of tar 1"
    assert lab.builder.builds == 2


def test_a_disk_alone_is_made_of_an_archive_that_is_kept(lab: Lab) -> None:
    (disk,) = lab.build(formats=("qcow2",), **DISK)
    (archive,) = lab.build(formats=("tar",))

    assert disk.path == Path("/out/node.qcow2")
    assert (archive.action, lab.builder.builds) == ("up to date", 2)


def test_a_ramdisk_is_two_files(lab: Lab) -> None:
    results = lab.build(formats=("ramdisk",), **DISK)

    names = [result.path.name for result in results]
    assert names == ["node.kernel", "node.initramfs"]
    assert {result.form for result in results} == {"ramdisk"}


def test_what_only_a_disk_needs_builds_only_the_disk_again(lab: Lab) -> None:
    lab.build(formats=("tar", "qcow2"), **DISK)
    lab.builder.changes["tripleo-disk"] = "another kernel"
    results = lab.build(formats=("tar", "qcow2"), **DISK)

    assert [result.action[:5] for result in results] == ["up to", "built"]
    assert lab.builder.builds == 3


def test_building_in_any_case_builds_each_once(lab: Lab) -> None:
    lab.build(replace(TARGET, again=True), formats=("tar", "qcow2", "ramdisk"), **DISK)

    assert lab.builder.builds == 3


def test_a_service_without_a_file_is_told(lab: Lab) -> None:
    lab.build()

    notes = [event.text for event in lab.events if isinstance(event, Noted)]
    assert notes == ["node has nothing for ceph-osd: it has no file."]


def test_missing_tools_are_installed_and_told(lab: Lab) -> None:
    lab.builder.facts = replace(lab.builder.facts, missing=("zstd", "mtools"))
    lab.build()

    assert lab.builder.installed == ["zstd"]
    texts = [event.text for event in lab.events if isinstance(event, Progressed)]
    assert "installing zstd" in texts


def test_a_machine_that_cannot_build_says_so_before_anything(lab: Lab) -> None:
    lab.builder.facts = replace(
        lab.builder.facts, is_root=False, memory=0, space=0, missing=("zstd",)
    )

    with pytest.raises(InvalidInputError, match="GiB are free") as raised:
        lab.build()
    assert "built by root" in str(raised.value)
    assert lab.builder.installed == []


def test_what_is_there_needs_no_machine_that_can_build(lab: Lab) -> None:
    lab.build()
    lab.builder.facts = replace(lab.builder.facts, is_root=False)

    assert lab.build()[0].action == "up to date"


def test_a_failed_build_leaves_its_log_and_names_who_wants_the_package(
    lab: Lab,
) -> None:
    lab.builder.unknown = {"keystone"}

    with pytest.raises(HostError, match="keystone is wanted by keystone") as raised:
        lab.build()
    assert raised.value.hint == "the whole log is /out/node.log"
    assert lab.store.published == {Path("/out/node.log"): "the whole log"}
    assert lab.store.builds == {}


def test_an_interrupted_build_leaves_nothing(lab: Lab) -> None:
    lab.builder.interrupted = True

    with pytest.raises(KeyboardInterrupt):
        lab.build()
    assert (lab.store.builds, lab.store.files) == ({}, {})
    lab.builder.interrupted = False
    assert lab.build()[0].action.startswith("built")


def test_a_build_that_hangs_is_ended_and_told_with_its_limit_and_its_log(
    lab: Lab,
) -> None:
    lab.builder.hangs = True

    with pytest.raises(HostError, match="longer than 3 h") as raised:
        lab.build()
    assert "Waiting for a mirror" in str(raised.value)
    hint = str(raised.value.hint)
    assert "/out/node.log" in hint
    assert "again" in hint
    assert "--mirror" in hint
    assert lab.store.published == {Path("/out/node.log"): "the whole log"}
    assert (lab.store.builds, lab.store.files) == ({}, {})


def test_a_disk_is_never_made_of_an_archive_that_is_gone(lab: Lab) -> None:
    lab.store.loses = "tar"

    with pytest.raises(HostError, match=r"archive of node .* is gone") as raised:
        lab.build(formats=("qcow2",), **DISK)
    assert "again" in str(raised.value.hint)
    assert lab.builder.builds == 1


def test_two_builds_at_once_are_refused(lab: Lab) -> None:
    with lab.store.work(Path("/scratch")), pytest.raises(BusyError):
        lab.build()


def test_unknown_roles_and_elements_are_told_together(lab: Lab) -> None:
    with pytest.raises(InvalidInputError) as raised:
        lab.build(roles=("Controll",), elements=("tripleo-nod",))

    assert "Control" in str(raised.value)
    assert "tripleo-node" in str(raised.value)
    assert str(raised.value).count("mine.yaml: disk_images.node.") == 2


def test_an_image_for_another_kind_of_machine_is_refused_before_anything(
    lab: Lab,
) -> None:
    with pytest.raises(InvalidInputError, match=r"mine\.yaml: .*\.arch: .*arm64"):
        lab.build(arch="arm64")
    assert (lab.builder.builds, lab.builder.installed) == (0, [])
    assert lab.build(arch="amd64")[0].action.startswith("built")


def test_without_the_builder_its_elements_cannot_be_checked(lab: Lab) -> None:
    lab.builder.facts = replace(lab.builder.facts, builder="")

    with pytest.raises(InvalidInputError, match=r"tripleo-cli\[images\]"):
        lab.build()
