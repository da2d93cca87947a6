"""diskimage-builder is called so that nothing of it outlives a build."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.domain.image.recipes import a_derived_recipe, a_recipe
from tripleo_cli.domain.image.job import Place, build_call

PLACE = Place(
    program="/venv/bin/disk-image-create",
    elements=("/mine", "/shipped"),
    work="/cache/.work",
    temp="/scratch/t",
    kept="/cache/.kept",
    sources="/cache/.work/sources.list",
    settings="/cache/.work/apt.conf",
)


def words(*options: str, **given: object) -> bool:
    text = " ".join(build_call(a_recipe(**given), PLACE).argv)
    return " ".join(options) in text


def test_it_has_mounts_and_processes_of_its_own_that_end_with_us() -> None:
    argv = build_call(a_recipe(), PLACE).argv

    assert argv[:4] == ("setpriv", "--pdeathsig", "KILL", "--")
    assert {"--mount", "--pid", "--kill-child"} <= set(argv)


def test_packages_elements_and_options_are_handed_over() -> None:
    assert words("-p", "curl,zstd", packages={"curl": (), "zstd": ()})
    assert words("tripleo-node", "tripleo-rootfs")
    assert words("-n", skip_base=True)
    assert words("-a", "arm64", arch="arm64")
    assert words("--checksum", options=("--checksum",))
    assert not words(" -p ")


def test_an_archive_is_packed_while_it_is_made() -> None:
    argv = build_call(a_recipe(), PLACE).argv

    first = argv.index("build") + 1
    packed = "/cache/.work/node.tar.zst"
    assert argv[first : first + 2] == ("/cache/.work/node.tar", packed)
    assert "mkfifo" not in " ".join(build_call(a_derived_recipe("qcow2"), PLACE).argv)


def test_the_disk_is_spared_where_memory_has_room() -> None:
    in_memory = build_call(a_recipe(), replace(PLACE, in_memory=True))

    assert "--no-tmpfs" not in in_memory.argv
    assert "--no-tmpfs" in build_call(a_recipe(), PLACE).argv


def test_the_environment_is_the_image_s_and_names_apt_s_files() -> None:
    env = build_call(a_recipe(environment={"DIB_RELEASE": "bookworm"}), PLACE).env

    assert env["DIB_RELEASE"] == "bookworm"
    assert env["ELEMENTS_PATH"] == "/mine:/shipped"
    assert env["TRIPLEO_APT_SOURCES"] == "/cache/.work/sources.list"
    assert env["TRIPLEO_APT_CONF"] == "/cache/.work/apt.conf"
    assert "TRIPLEO_ARCHIVE" not in env
    assert "DIB_IMAGE_SIZE" in env


def test_another_format_is_made_of_the_archive_without_its_packages() -> None:
    recipe = a_derived_recipe(
        "qcow2", disk_elements=("kernel",), packages={"curl": ()}, skip_base=False
    )
    call = build_call(recipe, replace(PLACE, archive="/cache/d1/node.tar.zst"))

    assert call.env["TRIPLEO_ARCHIVE"] == "/cache/d1/node.tar.zst"
    assert call.env["TRIPLEO_OUTPUT"] == "/cache/.work/node"
    assert "-n" in call.argv
    assert "-p" not in call.argv
    assert call.argv[-2:] == ("kernel", "tripleo-whole-disk")


def test_the_size_of_a_disk_is_found_out_and_of_nothing_else() -> None:
    sizes = {
        form: "DIB_IMAGE_SIZE" in build_call(a_derived_recipe(form), PLACE).env
        for form in ("qcow2", "ramdisk")
    }

    assert sizes == {"qcow2": False, "ramdisk": True}
