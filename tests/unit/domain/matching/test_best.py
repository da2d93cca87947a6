"""The answer is the best of all assignments, by every preference in its order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.matching import MatchRequest, Mode, Pin, reject, solve
from tripleo_cli.domain.matching.candidate import candidate_from_node
from tripleo_cli.domain.matching.cost import asked_of, fleet_of, waste
from tripleo_cli.domain.matching.judge import candidates, reason_against
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.domain.role import Needs, Role

NAMES = ("R0", "R1", "R2")
Serving = Mapping[NodeId, str]

machines = st.builds(
    a_node,
    st.sampled_from("abcdef"),
    memory_gb=st.sampled_from([8, 16, 40]),
    cpus=st.sampled_from([2, 16]),
    state=st.sampled_from([*[ProvisionState.AVAILABLE] * 4, ProvisionState.ENROLL]),
    capabilities=st.sampled_from(
        [{}, {}, {}, {"profile": "r0"}, {"profile": "r1"}, {"r2_profile": "true"}]
    ),
    conductor_group=st.sampled_from(["", "east", "west"]),
)


@st.composite
def requests(draw: st.DrawFn) -> MatchRequest:
    nodes = draw(st.lists(machines, max_size=6, unique_by=lambda node: node.id))
    needs = st.builds(
        Needs, memory_mb=st.sampled_from([0, 16384]), cpus=st.sampled_from([0, 16])
    )
    roles = {
        name: Role(
            name=name,
            needs=draw(needs),
            tags=draw(st.sampled_from([frozenset(), frozenset({"primary"})])),
        )
        for name in NAMES
    }
    ids = [node.id for node in nodes]
    pins = st.builds(Pin, role=st.sampled_from(NAMES))
    some = st.sampled_from(NAMES)
    return MatchRequest(
        wanted=draw(st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(0, 2)))),
        roles=roles,
        nodes=nodes,
        held={one: draw(some) for one in ids if draw(st.integers(0, 5)) == 0},
        pins={one: draw(pins) for one in ids if draw(st.integers(0, 5)) == 0},
        spread=draw(st.dictionaries(some, st.just("conductor_group"), max_size=2)),
        mode=draw(st.sampled_from([Mode.SCALE, Mode.SCALE, Mode.POC])),
    )


def all_assignments(request: MatchRequest) -> Iterator[Serving]:
    """List everything that is allowed: free nodes in roles that they may serve."""
    may: list[list[str | None]] = [
        [
            None,
            *(
                name
                for name, role in request.roles.items()
                if reason_against(candidate, role, request) is None
            ),
        ]
        for candidate in candidates(request, request.nodes)
    ]
    held = Counter(request.held.values())
    room = {name: max(n - held[name], 0) for name, n in request.wanted.items()}
    free = [
        [None] if node.id in request.held else choices
        for node, choices in zip(request.nodes, may, strict=True)
    ]
    for choice in product(*free):
        used = Counter(choice)
        if all(used[name] <= places for name, places in room.items()):
            pairs = zip(request.nodes, choice, strict=True)
            yield {node.id: name for node, name in pairs if name}


def worth(serving: Serving, request: MatchRequest) -> tuple[int, ...]:
    """Measure an assignment; the least is best."""
    by_id = {node.id: node for node in request.nodes}
    chosen = [(by_id[one], request.roles[name]) for one, name in serving.items()]
    fitting = [
        candidate
        for candidate in candidates(request, request.nodes)
        if candidate.node.id not in request.held
        and any(
            not reason_against(candidate, r, request) for r in request.roles.values()
        )
    ]
    fleet = fleet_of(fitting)
    wasted = [waste(candidate_from_node(n).size, asked_of(r), fleet) for n, r in chosen]
    return (
        -len(chosen),
        sum("primary" not in role.tags for _, role in chosen),
        -sum(node.id in request.pins for node, _ in chosen),
        sum(told(node, role) for node, role in chosen),
        together({**serving, **request.held}, request),
        sum(much for much, _ in wasted),
        sum(uneven for _, uneven in wasted),
    )


def told(node: Node, role: Role) -> int:
    tagged = candidate_from_node(node).tagged
    return 1 if not tagged else 0 if tagged <= role.accepted_traits else 2


def together(serving: Serving, request: MatchRequest) -> int:
    """Count the pairs of nodes of a role that should be apart and are not."""
    where = {node.id: node.conductor_group for node in request.nodes}
    spots = Counter(
        (name, where[one]) for one, name in serving.items() if name in request.spread
    )
    return sum(number * (number - 1) // 2 for number in spots.values())


@given(requests())
def test_no_allowed_assignment_is_better(request: MatchRequest) -> None:
    outcome = solve(request)

    serving = {
        node.id: name
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
        if node.id not in request.held
    }
    allowed = [*all_assignments(request)]
    assert serving in allowed
    assert worth(serving, request) == min(worth(one, request) for one in allowed)


@st.composite
def short_requests(draw: st.DrawFn) -> MatchRequest:
    """Make requests in which only the choice of nodes matters, and there are few."""
    marks = {f"{name.lower()}_profile": "1" for name in NAMES}
    some_marks = st.sets(st.sampled_from(sorted(marks)), min_size=1).map(
        lambda keys: {key: marks[key] for key in keys}
    )
    machine = st.builds(
        a_node,
        st.sampled_from("abcdef"),
        memory_gb=st.sampled_from([8, 16, 40]),
        capabilities=some_marks,
    )
    tags = st.sampled_from([frozenset(), frozenset({"primary"})])
    return MatchRequest(
        wanted=draw(st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 4)))),
        roles={name: Role(name=name, tags=draw(tags)) for name in NAMES},
        nodes=draw(st.lists(machine, max_size=6, unique_by=lambda node: node.id)),
    )


@given(short_requests())
def test_primary_roles_come_first_where_nodes_are_short(request: MatchRequest) -> None:
    outcome = solve(request)

    serving = {
        node.id: name
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
    }
    allowed = [*all_assignments(request)]
    assert serving in allowed
    assert worth(serving, request) == min(worth(one, request) for one in allowed)


def test_primary_roles_come_before_spread_ones_where_nodes_are_short() -> None:
    """Hypothesis rarely finds this one."""
    primary = Role(name="R0", tags=frozenset({"primary"}), spread="conductor_group")
    request = MatchRequest(
        wanted={"R0": 2, "R1": 1},
        roles={"R0": primary, "R1": Role(name="R1")},
        nodes=[a_node("a"), a_node("b")],
    )

    assert solve(request).unmet == {"R1": 1}


@given(requests())
def test_what_is_missing_is_counted_and_explained(request: MatchRequest) -> None:
    outcome = solve(request)

    sizes = {name: len(nodes) for name, nodes in outcome.assignment.nodes.items()}
    missing = {name: n - sizes[name] for name, n in request.wanted.items()}
    assert outcome.unmet == {name: n for name, n in missing.items() if n > 0}
    assert bool(outcome.conflicts) is bool(outcome.unmet)
    named = {name for conflict in outcome.conflicts for name in conflict.roles}
    assert outcome.unmet.keys() <= named
    for conflict in outcome.conflicts:
        fitting = {
            candidate.node.id
            for candidate in candidates(request, request.nodes)
            for name in conflict.roles
            if reason_against(candidate, request.roles[name], request) is None
        }
        assert {node.id for node in conflict.nodes} == fitting
        assert conflict.wanted == sum(request.wanted[name] for name in conflict.roles)


@given(requests(), st.integers(0, 100))
def test_the_order_of_what_is_asked_does_not_matter(
    request: MatchRequest, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - shuffles a test

    def shuffled(mapping: Mapping[object, object]) -> dict[object, object]:
        return dict(rng.sample(list(mapping.items()), len(mapping)))

    again = MatchRequest(
        wanted=shuffled(request.wanted),  # type: ignore[arg-type]
        roles=shuffled(request.roles),  # type: ignore[arg-type]
        nodes=rng.sample(request.nodes, len(request.nodes)),
        held=shuffled(request.held),  # type: ignore[arg-type]
        pins=shuffled(request.pins),  # type: ignore[arg-type]
        spread=shuffled(request.spread),  # type: ignore[arg-type]
        mode=request.mode,
    )

    assert solve(again) == solve(request)


@given(requests())
def test_nodes_in_use_stay_and_pins_hold(request: MatchRequest) -> None:
    outcome = solve(request)

    serves = {
        node.id: name
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
    }
    here = {node.id: node for node in request.nodes}
    for one, name in request.held.items():
        assert serves[one] == name
    for one, pin in request.pins.items():
        if one not in request.held:
            assert serves.get(one) in (None, pin.role)
            fits = request.mode is Mode.POC or not reject(
                here[one], request.roles[pin.role]
            )
            rivals = Counter(pin.role for pin in request.pins.values())
            held = Counter(request.held.values())
            room = request.wanted[pin.role] - held[pin.role]
            if fits and rivals[pin.role] <= room and _is_free(here[one]):
                assert serves[one] == pin.role
    assert set(outcome.loose) == {
        one for one, pin in request.pins.items() if serves.get(one) != pin.role
    }


def _is_free(node: Node) -> bool:
    return node.provision is ProvisionState.AVAILABLE
