"""What tests of registration decide about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.builders import a_node
from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.node import (
    Node,
)
from tripleo_cli.domain.registration import (
    Decision,
    decide,
)
from tripleo_cli.domain.seal import Sealer

SEALER = Sealer(b"key", "salt")


def a_definition(where: str = "nodes[0]", **others: Any) -> NodeDefinition:
    return NodeDefinition(where=where, **{"driver": "ipmi", **others})


def an_ipmi_node(name: str, **others: Any) -> Node:
    info = {"ipmi_address": f"bmc-of-{name}", "ipmi_password": "******"}
    node = a_node(name, driver_info=info, **others)
    return replace(node, driver="ipmi")


def decided(definition: NodeDefinition, *nodes: Node) -> Decision:
    [decision] = decide([definition], nodes, SEALER)
    return decision
