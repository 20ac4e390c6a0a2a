"""The package itself: typed, generated parts up to date, built, installed and imported."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def run(*command: str, cwd: Path = PACKAGE) -> str:
    """Runs a command that must go well; what it says."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_package_passes_mypy_strict(tmp_path: Path) -> None:
    run(sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path))


def test_the_sources_pass_the_linter() -> None:
    run(sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")


def test_the_synchronous_client_is_made_of_the_asynchronous_one() -> None:
    run(sys.executable, "tools/unasync.py", "--check")
    made = {path.name for path in (PACKAGE / "src/anchorhold/_sync").glob("*.py")}
    assert made == {path.name for path in (PACKAGE / "src/anchorhold/_async").glob("*.py")}
    for path in (PACKAGE / "src/anchorhold/_sync").glob("*.py"):
        _, text = path.read_text().split("\n", 1)
        assert not any(word in text.lower() for word in ("async", "await")), path


def test_files_are_small_and_say_what_they_are_for() -> None:
    for path in [*PACKAGE.rglob("src/**/*.py"), *PACKAGE.glob("tests/*.py"), *PACKAGE.glob("tools/*.py")]:
        lines = [line for line in path.read_text().splitlines() if not line.startswith("# Made of")]
        assert len(lines) <= 400, path
        assert lines[0].startswith('"""'), path


def test_sdist_and_wheel_install_into_an_empty_environment(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path))
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    packed = zipfile.ZipFile(wheel).namelist()
    assert "anchorhold/py.typed" in packed and not any(name.startswith("tests") for name in packed)
    assert any(name.endswith("licenses/LICENSE") for name in packed)
    with tarfile.open(sdist) as files:
        assert any(name.endswith("tests/test_seeds.py") for name in files.getnames())
    for number, built in enumerate((wheel, sdist)):
        home = tmp_path / str(number)
        run(sys.executable, "-m", "venv", "--without-pip", str(home))
        python = str(home / "bin" / "python")
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", str(built))
        version = run(python, "-I", "-c", "import anchorhold; print(anchorhold.__version__)", cwd=tmp_path)
        assert version.strip() == wheel.name.split("-")[1]
