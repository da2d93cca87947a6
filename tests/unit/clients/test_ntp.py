"""Reading a time server's answer."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest

from tripleo_cli.clients.ntp import read_answer

NTP_EPOCH = 2_208_988_800
NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
AFTER_2036 = datetime(2040, 1, 1, tzinfo=UTC).timestamp()


def stamp(seconds: float) -> bytes:
    return struct.pack("!II", int(seconds + NTP_EPOCH) & 0xFFFFFFFF, 0)


def packet(sent: float, there: float, *, flags: int = 0x24, stratum: int = 1) -> bytes:
    header = struct.pack("!BBbb", flags, stratum, 0, 0) + bytes(20)
    return header + stamp(sent) + stamp(there) * 2


@pytest.mark.parametrize("now", [NOW, AFTER_2036], ids=["2026", "2040"])
@pytest.mark.parametrize("ahead", [-3600, 0, 3600])
def test_the_way_there_and_back_counts_half(now: float, ahead: float) -> None:
    found = read_answer(packet(now, now + ahead + 1), now, now + 2)

    assert not found.failure
    assert found.offset_seconds == pytest.approx(ahead)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"", "not NTP"),
        (bytes(47), "not NTP"),
        (packet(NOW, NOW, flags=0x23), "not NTP"),
        (packet(NOW - 1, NOW), "not NTP"),
        (packet(NOW, NOW, flags=0xE4), "does not know the time"),
        (packet(NOW, NOW, stratum=0), "does not know the time"),
        (packet(NOW, NOW, stratum=16), "does not know the time"),
    ],
)
def test_what_is_no_answer(answer: bytes, failure: str) -> None:
    assert failure in read_answer(answer, NOW, NOW).failure
