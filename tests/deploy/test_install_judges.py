"""tools/install-judges, among programs that only say what they were asked for."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import browser
from tests.docs.markdown import ROOT

PROGRAMS = {
    "apt-get": """
        echo "apt-get $*" >>"$STATE/log"
        if [ -e "$STATE/hangs" ]; then exec sleep 60; fi
        if [ -e "$STATE/offline" ]; then exit 100; fi
        case "$*" in
            *--download-only | update*) ;;
            *chromium) touch "$STATE/chromium" ;;
            *fonts-noto-cjk) touch "$STATE/font" ;;
            *npm) printf '#!/bin/sh\\ntouch "$STATE/peers"\\n' >"$STATE/bin/npm"; chmod +x "$STATE/bin/npm" ;;
        esac""",
    "fc-list": 'if [ -e "$STATE/font" ]; then echo "Noto Sans CJK JP"; fi',
    "make": 'if [ ! -e "$STATE/offline" ]; then touch "$STATE/guard"; fi',
    "id": 'cat "$STATE/uid"',
    "sudo": """
        echo "sudo $*" >>"$STATE/log"
        if [ ! -e "$STATE/sudoer" ]; then exit 1; fi
        shift
        exec "$@" """,
    "python": """
        case "$*" in
            *playwright*)
                echo playwright >>"$STATE/log"
                if [ ! -e "$STATE/offline" ]; then touch "$STATE/chromium"; fi ;;
            *tests.browser*) test -e "$STATE/chromium" ;;
            *tests.peers.guard*) test -e "$STATE/guard" ;;
            *) test -e "$STATE/peers" ;;
        esac""",
}


@dataclass
class Machine:
    """A machine with nothing on it but what a test puts there."""

    folder: Path

    def has(self, *facts: str) -> None:
        """Make facts about the machine true."""
        for fact in facts:
            (self.folder / fact).touch()

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(  # noqa: S603 - our script
            [ROOT / "tools" / "install-judges", self.folder / "venv"],
            env={"PATH": str(self.folder / "bin"), "STATE": str(self.folder), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def log(self) -> list[str]:
        """The calls of apt, sudo and Playwright."""
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a machine whose user is nobody in particular."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    for name in ("cat", "chmod", "dirname", "env", "grep", "sh", "sleep", "timeout", "touch", "true"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    for name, script in PROGRAMS.items():
        path = tmp_path / ("venv/bin" if name == "python" else "bin") / name
        path.write_text(f"#!/bin/sh{script}\n" if script.startswith("\n") else f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    (tmp_path / "uid").write_text("1000")
    return Machine(tmp_path)


class TestInstall:
    """What is installed, and how."""

    @pytest.mark.parametrize("who", ["root", "sudoer"])
    def test_apt_installs_everything_once(self, machine: Machine, who: str) -> None:
        """Without a password apt installs everything, and the second time nothing."""
        (machine.folder / "uid").write_text("0" if who == "root" else "1000")
        machine.has(who)
        assert 0 == machine.run(CI="true").returncode
        required = [line.split()[-1] for line in machine.log if "--no-install" in line and "sudo" not in line]
        assert {"chromium", "fonts-noto-cjk", "npm", "--download-only"} == set(required)
        assert any(line.startswith("sudo -n") for line in machine.log) == (who == "sudoer")

        before = machine.log
        assert "" == machine.run(CI="true").stderr
        assert before == machine.log

    def test_password_prompt_leaves_chromium_to_playwright(self, machine: Machine) -> None:
        """Nothing is asked of apt; what only apt could bring is named, and is a failure in CI alone."""
        ran = machine.run()

        assert ["sudo -n true", "playwright"] == machine.log
        assert 0 == ran.returncode
        assert "still missing: a Japanese font, the packages of tests/peers\n" in ran.stderr
        assert 1 == machine.run(CI="true").returncode

    @pytest.mark.parametrize("trouble", ["offline", "hangs"])
    def test_missing_network_fails_only_in_ci(self, machine: Machine, trouble: str) -> None:
        """Where no server answers, or apt waits for ever, the tests run without; CI and ASK fail."""
        machine.has("sudoer", trouble, "offline")
        ran = machine.run(LIMIT_SECONDS="0.1")

        assert 0 == ran.returncode
        assert (
            "still missing: Chromium, a Japanese font, the packages of tests/peers, "
            "Control Tower's Guard rules\n"
        ) in ran.stderr
        assert 1 == machine.run(LIMIT_SECONDS="0.1", CI="true").returncode
        assert 1 == machine.run(LIMIT_SECONDS="0.1", ASK="1").returncode


class TestChromium:
    """Which browser the tests take."""

    def test_chromium_that_does_not_start_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ubuntu's stand-in for a snap is passed over for the one that Playwright has brought."""
        stand_in = tmp_path / "chromium"
        stand_in.write_text("#!/bin/sh\nexit 1\n")
        stand_in.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
        assert browser.chromium.__wrapped__() is None

        shell = tmp_path / "browsers" / "chromium_headless_shell-1" / "linux" / "chrome-headless-shell"
        shell.parent.mkdir(parents=True)
        shell.write_text("#!/bin/sh\n")
        shell.chmod(0o755)
        assert str(shell) == browser.chromium.__wrapped__()
