from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.node.bundles import a_bundle
from tripleo_cli.node import bundle as bundles
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.diagnosis import failures, origin
from tripleo_cli.node.report import Failure

STEP = "/etc/puppet/tripleo/manifests/step_4.pp"
# As puppet 7.23 printed them.
NOISE = """\
Error: Facter: Error while resolving custom fact fact='rabbitmq_nodename'
      %r{^Status of node}.match(rabbitmq_nodename)[1]
"""
SYNTAX = (
    "Error: Could not parse for environment production: Syntax error at end of input "
    "(file: /root/c.pp) on node one\n"
)
PARAMETER = (
    "Error: Evaluation Error: Error while evaluating a Resource Statement, "
    "Class[Glance::Api]: parameter 'workers' expects an Integer value, got String "
    f"(file: {STEP}, line: 3, column: 1) on node one\n"
)
CLASS = (
    "Error: Evaluation Error: Error while evaluating a Function Call, Could not find "
    f"class ::nosuch for one (file: {STEP}, line: 4, column: 1) on node one\n"
)
LOOKUP = "Error: Function lookup() did not find a value for the name 'nothing'\n"
MANIFEST = "# Step 4\n# glance-api\ninclude glance::api\ninclude nosuch\n# later\n"


def test_noise_of_facts_is_no_failure() -> None:
    assert failures(f"{NOISE}Notice: Compiled\n") == ()


def test_an_error_has_its_file_and_line() -> None:
    (syntax,) = failures(f"{NOISE}{SYNTAX}")
    (parameter,) = failures(f"Warning: x\n{PARAMETER}{PARAMETER}")

    assert (syntax.file, syntax.line) == ("/root/c.pp", 0)
    assert syntax.message.endswith("Syntax error at end of input")
    assert (parameter.file, parameter.line) == (STEP, 3)
    assert "on node" not in parameter.message


@pytest.mark.parametrize(
    ("printed", "where"),
    [
        (PARAMETER, 'glance::api::workers is "many" in hiera\'s layer role'),
        (CLASS, 'service glance-api, in the line "include nosuch"'),
        (LOOKUP, "set nothing by ExtraConfig, or as a service's parameter"),
        (SYNTAX, ""),
    ],
)
def test_an_error_is_traced_to_who_wrote_it(printed: str, where: str) -> None:
    assert origin(failures(printed)[0], MANIFEST, a_node()) == where


def test_an_operators_value_is_traced_to_the_file_and_the_line() -> None:
    places = {"glance::api::workers": "env.yaml:7", "other": "env.yaml:8"}

    told = origin(failures(PARAMETER)[0], MANIFEST, a_node(key_places=places))

    assert told == 'glance::api::workers is "many" in env.yaml:7'


def a_node(**others: Any) -> Bundle:
    hiera = {"node": {}, "role": {"glance::api::workers": "many"}}
    data = a_bundle(hiera=hiera, **others)
    return bundles.parse(json.dumps(data), Path("bundle"))


def test_code_before_all_services_has_no_owner() -> None:
    assert origin(Failure("", "x", STEP, 1), MANIFEST, a_node()) == ""
