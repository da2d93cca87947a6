from __future__ import annotations

import io
import zipfile

from tripleo_cli.clients.node_program import node_program, pack


def test_the_program_is_all_there_and_nothing_else() -> None:
    program = node_program()

    with zipfile.ZipFile(io.BytesIO(program.data)) as archive:
        names = archive.namelist()
    assert "__main__.py" in names
    assert "tripleo_cli/node/main.py" in names
    assert {name.split("/")[0] for name in names} == {"__main__.py", "tripleo_cli"}
    assert [name for name in names if name.count("/") == 1] == [
        "tripleo_cli/__init__.py"
    ]


def test_equal_sources_are_equal_bytes() -> None:
    texts = {"b.py": "2", "a.py": "1"}

    one, two = pack(texts), pack(dict(reversed(texts.items())))

    assert (one.digest, one.data) == (two.digest, two.data)
    assert pack({**texts, "a.py": "3"}).digest != one.digest
    assert one.name == f"{one.digest[:16]}.pyz"
