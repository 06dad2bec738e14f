"""What `make run` does before anything is installed: it says what is missing, and it does nothing twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with two lock files and no virtual environment."""
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin/python",
        "STAMP": venv / ".requirements.sha256",
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\npytest==9.2\n")
    return tmp_path


@pytest.fixture
def steps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, without doing it."""
    done: list[str] = []

    def make_environment() -> None:
        done.append("venv")
        (folder / ".venv/bin").mkdir(parents=True, exist_ok=True)
        (folder / ".venv/bin/python").touch()
        (folder / ".venv/pyvenv.cfg").write_text("version = 3.11.7\n")

    monkeypatch.setattr(bootstrap, "make_environment", make_environment)
    monkeypatch.setattr(bootstrap, "install", lambda lock_file: done.append(lock_file.name))
    return done


def test_second_start_installs_nothing(steps: list[str]):
    bootstrap.prepare(dev=False)
    bootstrap.prepare(dev=False)

    assert steps == ["venv", "requirements.txt"]


def test_changed_lock_file_is_installed(steps: list[str], folder: Path):
    bootstrap.prepare(dev=False)
    (folder / "requirements.txt").write_text("django==5.3\n")
    bootstrap.prepare(dev=False)

    assert steps == ["venv", "requirements.txt", "requirements.txt"]


def test_development_set_holds_the_runtime_set(steps: list[str]):
    bootstrap.prepare(dev=True)
    bootstrap.prepare(dev=False)

    assert steps == ["venv", "requirements-dev.txt"]


def test_install_that_was_interrupted_starts_again(steps: list[str], monkeypatch: pytest.MonkeyPatch):
    def interrupted(lock_file: Path) -> None:
        raise KeyboardInterrupt

    whole = bootstrap.install
    monkeypatch.setattr(bootstrap, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.prepare(dev=False)
    monkeypatch.setattr(bootstrap, "install", whole)

    bootstrap.prepare(dev=False)

    assert steps == ["venv", "requirements.txt"]


def test_environment_of_another_python_is_made_anew(steps: list[str], folder: Path):
    bootstrap.prepare(dev=False)
    (folder / ".venv/pyvenv.cfg").write_text("version = 3.12.1\n")
    bootstrap.prepare(dev=False)

    assert steps[:3] == ["venv", "requirements.txt", "venv"]


@pytest.mark.parametrize(
    ("module", "sentence"),
    [("ensurepip", "apt-get install python3-venv"), ("venv", "apt-get install python3-venv")],
)
def test_missing_module_gets_a_sentence(
    module: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())

    with pytest.raises(SystemExit, match="1"):
        bootstrap.check_python()

    assert sentence in capsys.readouterr().err


def test_other_python_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match="1"):
        bootstrap.check_python()

    assert "Rachis needs Python 3.11" in capsys.readouterr().err


def test_it_starts_without_any_package():
    """As the system's Python does: -S leaves out everything that is installed, -I everything around."""
    command = [sys.executable, "-I", "-S", Path(bootstrap.__file__), "--help"]

    assert "--dev" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
