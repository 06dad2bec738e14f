"""The whole suite: Chromium made ready, PostgreSQL, the marked part on SQLite, lint. `make test` runs it."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.fixtures_servers import CHROMIUM_NAMES

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
# libatomic1 is for Playwright's driver. A bare machine has no font, and without one there is no layout.
PACKAGES = ["chromium", "libatomic1", "fonts-dejavu-core"]
INSTALL = f"apt-get install --no-install-recommends {' '.join(PACKAGES)}"
APT_PATIENCE = ["-o", "DPkg::Lock::Timeout=300", "-qq"]
WORKERS = os.environ.get("TEST_WORKERS", "2")


def say(sentence: str) -> None:
    print(f"\n=== {sentence}", flush=True)


def missing_for_browser() -> list[str]:
    libraries = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    found = {
        "a Chromium": any(map(shutil.which, CHROMIUM_NAMES)),
        "libatomic1": "libatomic.so.1" in libraries,
        "a font": any(Path("/usr/share/fonts").rglob("*.[to]tf")),
    }
    return [name for name, is_there in found.items() if not is_there]


def make_browser_ready() -> None:
    """Install what the browser tests need where we may; otherwise stop with the command that does."""
    missing = missing_for_browser()
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {' '.join(PACKAGES)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", *APT_PATIENCE, *command], env=environment)
        missing = missing_for_browser()
    if missing:
        raise SystemExit(f"The browser tests need {', '.join(missing)}. Run as root: {INSTALL}")


def pytest(name: str, *arguments: str) -> bool:
    """Whether pytest was content; its results go to `test-results/<name>.xml`."""
    say(f"pytest on {name}")
    command = [sys.executable, "-m", "pytest", f"--junit-xml={RESULTS}/{name}.xml", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def lint() -> bool:
    say("make lint")
    return subprocess.run(["make", "lint"], cwd=ROOT).returncode == 0


def totals() -> Counter[str]:
    """Tests by outcome, over all runs. A collection that fails counts as a failed test."""
    count: Counter[str] = Counter()
    for file in RESULTS.glob("*.xml"):
        for case in ElementTree.parse(file).iter("testcase"):
            outcomes = {child.tag for child in case}
            failed = outcomes & {"failure", "error"}
            count["failed" if failed else "skipped" if "skipped" in outcomes else "passed"] += 1
    return count


def main() -> None:
    started = time.monotonic()
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    make_browser_ready()
    outcomes = {
        "postgresql": pytest("postgresql", "-n", WORKERS, "--durations=10"),
        "sqlite": pytest("sqlite", "--sqlite", "-m", "sqlite", "-n", WORKERS),
        "lint": lint(),
    }
    count = totals()
    failures = [name for name, is_good in outcomes.items() if not is_good]
    say(f"{time.monotonic() - started:.0f} s; {'failed: ' + ', '.join(failures) if failures else 'all good'}")
    # A run that died before it could name a test, or a failed check, counts as one failure.
    failed = max(count["failed"], len(failures))
    total = f"total: {count['passed']} passed, {failed} failed"
    (RESULTS / "total.txt").write_text(total + "\n")
    print(total, flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
