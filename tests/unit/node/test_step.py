from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, a_step, put
from tripleo_cli.node import prepare, store
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.step import Asked, apply

LOOK = Asked(check=True)
FORCED = Asked(force=True)


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(root=tmp_path, packages={"glance-api"})


def prepared(machine: FakeMachine, steps: dict[str, Any], **changes: Any) -> None:
    source = put(machine.root / "sent.json", a_bundle(steps, **changes))
    assert not prepare.prepare(machine.site, source, None)["problems"]


def test_a_step_is_applied_once(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("changes one\n")})

    first, second = (apply(machine.site, 1, Asked()) for _ in range(2))

    assert (first["state"], first["changed"], first["seconds"]) == ("applied", 1, 7.0)
    assert first["slowest"] == [["Exec[one]", 1.3]]
    assert (second["state"], second["changed"]) == ("unchanged", 0)
    assert second["finished_at"] == first["finished_at"]
    assert machine.ran.count("puppet") == 1


def test_another_hash_or_force_applies_it_again(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step(digest="h1")})
    apply(machine.site, 1, Asked())
    prepared(machine, {"1": a_step(digest="h2")})

    assert apply(machine.site, 1, Asked())["state"] == "applied"
    assert apply(machine.site, 1, FORCED)["state"] == "applied"
    assert machine.ran.count("puppet") == 3


def test_puppet_holds_the_node_whoever_started_it(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("changes one\n")})

    apply(machine.site, 1, Asked())

    assert machine.held == ["puppet"]


def test_a_failure_is_told_and_repeated_next_time(machine: FakeMachine) -> None:
    prepared(machine, {"2": a_step("changes one\nfails two\n")})

    failed = apply(machine.site, 2, Asked())

    assert (failed["state"], failed["failed"]) == ("failed", 1)
    assert failed["reason"] == "1 resource failed"
    manifest = str(machine.layout.manifest(2))
    assert failed["failures"] == [
        {
            "resource": "Exec[two]",
            "message": "two did\ntwo would do",
            "file": manifest,
            "line": 2,
        }
    ]
    assert apply(machine.site, 2, Asked())["state"] == "failed"
    assert machine.ran.count("puppet") == 2


def test_looking_changes_nothing_and_is_not_remembered(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("changes one\n")})
    before = machine.content()

    seen = apply(machine.site, 1, LOOK)

    assert (seen["state"], seen["changed"]) == ("previewed", 1)
    assert "Exec[one]/returns: one would do" in seen["diff"]
    assert store.records(machine.layout) == {}
    assert machine.content() == before


@pytest.mark.parametrize("manifest", ["changes two\n", "hangs\n", "broken\n", ""])
def test_looking_at_another_bundle_leaves_the_nodes_own(
    machine: FakeMachine, manifest: str
) -> None:
    prepared(machine, {"1": a_step("changes one\n", "h1")})
    apply(machine.site, 1, Asked())
    before = machine.content()
    hiera = {"passwords": {"GlancePassword": "new"}}
    other = a_bundle({"1": a_step(manifest, "h2")}, hiera=hiera)
    source = put(machine.root / "preview.json", other)

    seen = apply(machine.site, 1, Asked(check=True, bundle=source))

    source.unlink()
    assert seen["hash"] == "h2"
    assert ("two would do" in seen["diff"]) is ("two" in manifest)
    assert machine.content() == before


def test_looking_says_which_service_does_not_compile(machine: FakeMachine) -> None:
    prepared(machine, {"4": a_step("# my-service\nbroken\n")})

    seen = apply(machine.site, 4, LOOK)

    assert seen["hint"] == 'service my-service, in the line "broken"'


def test_what_is_applied_is_what_the_bundle_says(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("changes one\n")})
    machine.layout.manifest(1).write_text("fails of-another-bundle\n")
    machine.layout.layer("passwords").write_text("{}")

    assert apply(machine.site, 1, Asked())["state"] == "applied"
    assert "s3cret-word" in machine.layout.layer("passwords").read_text()


def test_what_does_not_compile_has_file_line_and_owner(machine: FakeMachine) -> None:
    prepared(machine, {"4": a_step("# Step 4\n# my-service\nbroken\n")})

    failed = apply(machine.site, 4, Asked())

    assert failed["reason"] == "its puppet code does not compile"
    assert failed["failures"][0]["line"] == 3
    assert failed["failures"][0]["file"].endswith(
        "/etc/puppet/tripleo/manifests/step_4.pp"
    )
    assert failed["hint"] == 'service my-service, in the line "broken"'


def test_puppet_that_does_not_end_is_stopped(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("hangs\n")})

    failed = apply(machine.site, 1, Asked(timeout_s=90))

    assert failed["state"] == "failed"
    assert "did not end in 90 s" in failed["reason"]


def test_a_full_disk_is_the_reason(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("full\n")})

    failed = apply(machine.site, 1, Asked())

    assert failed["reason"] == "cannot run puppet: the node's disk is full"
    assert "df -h" in failed["hint"]


def test_a_step_without_code_is_done_without_puppet(machine: FakeMachine) -> None:
    prepared(machine, {"5": a_step("", digest="h5")})

    assert apply(machine.site, 5, Asked())["state"] == "unchanged"
    assert store.records(machine.layout)[5]["hash"] == "h5"
    assert apply(machine.site, 3, Asked())["state"] == "unchanged"
    assert "puppet" not in machine.ran


def test_a_step_that_has_no_work_any_more_is_done(machine: FakeMachine) -> None:
    prepared(machine, {"2": a_step("fails two\n")})
    apply(machine.site, 2, Asked())
    prepared(machine, {})

    done = apply(machine.site, 2, Asked())

    assert (done["state"], done["failed"], done["failures"]) == ("unchanged", 0, [])
    assert store.records(machine.layout)[2]["state"] == "unchanged"


def test_secrets_are_in_nothing_that_is_told_or_kept(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step("fails s3cret-word\n")})

    failed = apply(machine.site, 1, Asked())

    assert "s3cret-word" not in str(failed)
    assert "***" in str(failed["failures"])
    assert "s3cret-word" not in machine.layout.state.read_text()
    assert "s3cret-word" not in machine.layout.log(1).read_text()


def test_a_killed_run_is_done_again(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step()})
    store.remember(machine.layout, 1, {"step": 1, "state": "running", "hash": "h1"})

    assert apply(machine.site, 1, Asked())["state"] == "applied"


def test_a_machine_without_puppet_says_so(machine: FakeMachine) -> None:
    prepared(machine, {"1": a_step()})
    machine.lacking.add("puppet")

    failed = apply(machine.site, 1, Asked())

    assert (failed["state"], failed["reason"]) == (
        "failed",
        "cannot run puppet: No such file or directory",
    )


def test_nothing_is_applied_before_prepare(machine: FakeMachine) -> None:
    with pytest.raises(NodeError, match="this node has no bundle"):
        apply(machine.site, 1, Asked())
