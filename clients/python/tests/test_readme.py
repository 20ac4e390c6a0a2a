"""The examples of the README and of docs/clients.md, run as they stand, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).parents[1]

PAGES = {PACKAGE / "README.md": 9, PACKAGE.parents[1] / "docs/clients.md": 1}
"""Each page, and how many examples it has."""


def examples(page: Path) -> list[str]:
    blocks = page.read_text().split("```python\n")[1:]
    return [block.split("\n```")[0] for block in blocks]


def expected(example: str) -> list[str]:
    """What stands behind `# ->`, in the order in which it is printed."""
    return [part.strip() for line in example.splitlines() for part in line.split("# ->")[1:]]


@pytest.mark.parametrize(("page", "count"), PAGES.items(), ids=lambda value: getattr(value, "name", ""))
def test_every_example_runs_and_prints_what_stands_beside_it(
    tenant: Any, tmp_path: Path, page: Path, count: int
) -> None:
    found = examples(page)
    assert len(found) == count
    environment = {"ANCHORHOLD_KEY": tenant.key(act_as=True), "ANCHORHOLD_URL": tenant.url}
    package = str(PACKAGE / "src")
    for example in found:
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=tmp_path,
            env={**os.environ, **environment, "PYTHONPATH": package},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{example}\n{done.stderr}"
        lines = iter(done.stdout.splitlines())
        for words in expected(example):
            assert any(words in line for line in lines), f"{words!r} of\n{example}\n{done.stdout}"
