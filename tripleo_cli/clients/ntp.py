"""Time servers, by SNTP: one question and one answer over UDP.

Source: RFC 5905, https://www.rfc-editor.org/rfc/rfc5905 (figure 8, the packet header).
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tripleo_cli.domain.ntp import TimeAnswer

PORT = 123
TIMEOUT_SECONDS = 2.0
ATTEMPTS = 2
"""UDP may lose a packet."""
MOST_AT_ONCE = 32

_PACKET = struct.Struct("!BBbb11I")
_QUESTION_FLAGS = 4 << 3 | 3  # version 4, mode client
_SERVER = 4
_UNSYNCHRONISED = 3  # the leap indicator of a server that has no time itself
_WORST_STRATUM = 15
_EPOCH = 2_208_988_800  # seconds from 1900, where NTP begins, to 1970


class NtpServers:
    """Implements the ``TimeServers`` port."""

    def __init__(self, port: int = PORT, timeout: float = TIMEOUT_SECONDS) -> None:
        self._port = port
        self._timeout = timeout

    def ask(self, servers: Collection[str]) -> Mapping[str, TimeAnswer]:
        """Ask servers all at once."""
        names = sorted(set(servers))
        if not names:
            return {}
        with ThreadPoolExecutor(min(len(names), MOST_AT_ONCE)) as pool:
            return dict(zip(names, pool.map(self._one, names), strict=True))

    def _one(self, server: str) -> TimeAnswer:
        try:
            found = socket.getaddrinfo(server, self._port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            return TimeAnswer(failure=f"its name cannot be resolved: {reason}")
        family, _, _, _, address = found[0]
        failure = "it does not answer"
        for _ in range(ATTEMPTS):
            try:
                return self._exchange(family, address)
            except TimeoutError:
                continue
            except OSError as error:
                failure = f"it cannot be reached: {error.strerror or error}"
        return TimeAnswer(failure=failure)

    def _exchange(self, family: socket.AddressFamily, address: Any) -> TimeAnswer:
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(self._timeout)
            # Connected, so that nobody else's packets are taken for the answer.
            line.connect(address)
            sent = time.time()
            line.send(_question(sent))
            answer = line.recv(1024)
            return read_answer(answer, sent, time.time())


def read_answer(answer: bytes, sent: float, received: float) -> TimeAnswer:
    """Work out the difference from a packet; times are seconds since 1970."""
    if len(answer) < _PACKET.size:
        return TimeAnswer(failure="its answer is not NTP")
    fields = _PACKET.unpack_from(answer)
    flags, stratum = fields[0], fields[1]
    if flags & 7 != _SERVER or _stamp(fields[9:11]) != _whole(sent):
        return TimeAnswer(failure="its answer is not NTP")
    if flags >> 6 == _UNSYNCHRONISED or not 0 < stratum <= _WORST_STRATUM:
        return TimeAnswer(failure="it says that it does not know the time itself")
    there = (_seconds(fields[11:13]), _seconds(fields[13:15]))
    offset = ((there[0] - sent) + (there[1] - received)) / 2
    return TimeAnswer(offset_seconds=offset)


def _question(now: float) -> bytes:
    stamp = _whole(now)
    zeros = (0,) * 9
    return _PACKET.pack(
        _QUESTION_FLAGS, 0, 0, 0, *zeros, stamp >> 32, stamp & 0xFFFFFFFF
    )


def _whole(now: float) -> int:
    """Write a time as NTP does: 32 bits of seconds, 32 of the fraction."""
    return int((now + _EPOCH) * 2**32) & (2**64 - 1)


def _stamp(words: tuple[int, ...]) -> int:
    return words[0] << 32 | words[1]


def _seconds(words: tuple[int, ...]) -> float:
    """Read a time; NTP's seconds begin again in 2036, so small ones are later."""
    era = 0 if words[0] & 1 << 31 else 2**32
    return words[0] + era - _EPOCH + words[1] / 2**32
