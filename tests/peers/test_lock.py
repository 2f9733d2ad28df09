"""What is installed from npm: pinned, and from wherever npm is set to look."""

from __future__ import annotations

import json
from pathlib import Path

LOCK = json.loads(Path("tests/peers/package-lock.json").read_text(encoding="utf-8"))
PACKAGES = {name: package for name, package in LOCK["packages"].items() if name}


class TestLock:
    """The lock file."""

    def test_lock_names_no_registry(self) -> None:
        """It does not say where a package is from."""
        assert [] == [name for name, package in PACKAGES.items() if "resolved" in package]

    def test_lock_has_hashes(self) -> None:
        """It says what is in each, which npm compares."""
        assert {"sha512"} == {package["integrity"].partition("-")[0] for package in PACKAGES.values()}

    def test_no_package_has_an_install_script(self) -> None:
        """No package asks to run anything when it is installed; .npmrc would not let it."""
        assert [] == [name for name, package in PACKAGES.items() if package.get("hasInstallScript")]

    def test_locked_package_is_the_emulator(self) -> None:
        """Its emulate is the emulator: version 1 of that name is another package."""
        assert "0.12.2" == PACKAGES["node_modules/emulate"]["version"]
