"""What workflows rely on of time servers; the live one is a server of our own."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.times import FakeTimeServers
from tripleo_cli.clients.ntp import NtpServers
from tripleo_cli.domain.ntp import TimeAnswer
from tripleo_cli.workflows.ports import TimeServers

NTP_EPOCH = 2_208_988_800
UNKNOWN = "no-such-host.invalid"
HOUR = 3600.0
LIVE = [pytest.param("live", marks=pytest.mark.functional)]

Answer = Callable[[bytes], bytes]


def right(question: bytes, *, ahead: float = 0.0, stratum: int = 2) -> bytes:
    """Answer as a time server does; ``ahead`` of our time by seconds."""
    now = time.time() + NTP_EPOCH + ahead
    stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
    asked = question[40:48]
    return struct.pack("!BBbb", 0x24, stratum, 0, 0) + bytes(20) + asked + stamp * 2


@contextmanager
def listening(answer: Answer) -> Iterator[int]:
    """Run a server on this machine; gives its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (got := line.recvfrom(1024))[0]:
                line.sendto(answer(got[0]), got[1])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.sendto(b"", line.getsockname())
            thread.join()


@pytest.fixture(params=["fake", *LIVE])
def hour_ahead(request: pytest.FixtureRequest) -> Iterator[TimeServers]:
    """127.0.0.1 answers, and is an hour ahead."""
    if request.param == "fake":
        answers = {"127.0.0.1": TimeAnswer(offset_seconds=HOUR)}
        yield FakeTimeServers(**answers)
        return
    with listening(lambda question: right(question, ahead=HOUR)) as port:
        yield NtpServers(port=port)


def test_a_difference_is_measured(hour_ahead: TimeServers) -> None:
    found = hour_ahead.ask(["127.0.0.1"])["127.0.0.1"]

    assert not found.failure
    assert found.offset_seconds == pytest.approx(HOUR, abs=1)


def test_every_server_has_an_answer(hour_ahead: TimeServers) -> None:
    found = hour_ahead.ask(["127.0.0.1", UNKNOWN, "127.0.0.1"])

    assert set(found) == {"127.0.0.1", UNKNOWN}
    assert "cannot be resolved" in found[UNKNOWN].failure


def test_nobody_to_ask_is_no_answer(hour_ahead: TimeServers) -> None:
    assert not hour_ahead.ask([])


@pytest.mark.functional
@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (lambda _question: b"hello", "not NTP"),
        (lambda question: right(question, stratum=16), "does not know the time"),
        (lambda question: right(question, stratum=0), "does not know the time"),
        (lambda _question: right(bytes(48)), "not NTP"),
    ],
    ids=["not NTP", "unsynchronised", "kiss of death", "to somebody else"],
)
def test_a_bad_answer_is_told(answer: Answer, failure: str) -> None:
    with listening(answer) as port:
        found = NtpServers(port=port).ask(["127.0.0.1"])

    assert failure in found["127.0.0.1"].failure


@pytest.mark.functional
def test_silence_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
        found = NtpServers(port=port, timeout=0.1).ask(["127.0.0.1"])

    assert found["127.0.0.1"].failure == "it does not answer"


@pytest.mark.functional
def test_a_closed_port_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]

    found = NtpServers(port=port).ask(["127.0.0.1"])

    assert "cannot be reached" in found["127.0.0.1"].failure
