"""Chromium without a window, driven by its DevTools protocol over a pipe.

Protocol: https://chromedevtools.github.io/devtools-protocol/. Messages are JSON, each
ended by a zero byte; a pipe needs neither a port nor a library.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    # No name can be resolved: a page that needs the network fails its test.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--no-first-run"),
    *("--remote-debugging-pipe", "--hide-scrollbars"),
)

Message = dict[str, Any]


def find_program() -> str:
    """Find the browser; its absence is an error, never a reason to skip."""
    for name in PROGRAMS:
        if path := shutil.which(name):
            return path
    raise AssertionError(
        f"none of {', '.join(PROGRAMS)} is installed: "
        "apt-get install --no-install-recommends chromium-headless-shell"
    )


class Browser:
    """One running browser."""

    def __init__(self, profile: Path) -> None:
        to_browser, self._send = os.pipe()
        self._receive, from_browser = os.pipe()
        # The shell puts our ends where the browser looks for them: 3 and 4.
        script = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        command = (find_program(), *OPTIONS, f"--user-data-dir={profile}")
        self._process = subprocess.Popen(
            ("/bin/bash", "-c", script, *command),
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._answers = os.fdopen(self._receive, "rb")
        self._last_id = 0
        self._rest = b""
        self.events: list[Message] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        os.close(self._send)
        self._process.terminate()
        self._process.wait(timeout=30)
        self._answers.close()

    def call(self, method: str, session: str = "", **params: Any) -> Message:
        """Call a method and give its result; events that come first are kept."""
        self._last_id += 1
        message: Message = {"id": self._last_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._send, data) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._last_id:
                assert "error" not in answer, (method, answer["error"])
                result: Message = answer["result"]
                return result
            self.events.append(answer)

    def wait_for(self, method: str, session: str) -> None:
        """Wait for an event."""
        while not any(self._is(event, method, session) for event in self.events):
            self.events.append(self._next())

    def _is(self, event: Message, method: str, session: str) -> bool:
        return event.get("method") == method and event.get("sessionId") == session

    def _next(self) -> Message:
        while b"\0" not in self._rest:
            data = os.read(self._receive, 1 << 16)
            assert data, "the browser has ended"
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\0")
        message: Message = json.loads(text)
        return message


class Page:
    """A page that is open in a browser."""

    def __init__(self, browser: Browser, *, width: int, scheme: str) -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._target = target
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._call("Emulation.setEmulatedMedia", features=[feature])

    def open(self, path: Path) -> None:
        """Load a file."""
        self._call("Page.navigate", url=path.as_uri())
        self._browser.wait_for("Page.loadEventFired", self._session)

    def run(self, script: str) -> Any:
        """Evaluate JavaScript and give its value."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self, path: Path, height: int) -> None:
        """Take a picture of the top of the page."""
        width = self.run("document.documentElement.clientWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        answer = self._call(
            "Page.captureScreenshot", clip=clip, captureBeyondViewport=True
        )
        path.write_bytes(base64.b64decode(answer["data"]))

    @property
    def requests(self) -> list[str]:
        """All addresses that the page asked for."""
        return [
            str(event["params"]["request"]["url"])
            for event in self._events("Network.requestWillBeSent")
        ]

    @property
    def complaints(self) -> list[str]:
        """What the browser did not like: errors and warnings."""
        methods = ("Runtime.exceptionThrown", "Log.entryAdded")
        console = "Runtime.consoleAPICalled"
        return [
            str(event["params"])
            for method in (*methods, console)
            for event in self._events(method)
        ]

    def close(self) -> None:
        """Close it."""
        self._browser.call("Target.closeTarget", targetId=self._target)

    def _events(self, method: str) -> Iterator[Message]:
        for event in self._browser.events:
            is_ours = event.get("sessionId") == self._session
            if is_ours and event.get("method") == method:
                yield event

    def _call(self, method: str, **params: Any) -> Message:
        return self._browser.call(method, self._session, **params)


@contextmanager
def page(
    browser: Browser, path: Path, *, width: int = 1280, scheme: str = "light"
) -> Iterator[Page]:
    """Open a file for as long as the block lasts."""
    opened = Page(browser, width=width, scheme=scheme)
    try:
        opened.open(path)
        yield opened
    finally:
        opened.close()
