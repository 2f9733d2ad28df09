"""The bytecode that was built. SAM builds the package once for each function, so that two builds are here."""

from __future__ import annotations

from tests.artifact.functions import package
from tests.deploy.folder import state


class TestBytecode:
    """What Python 3.13 made of the package."""

    def test_builds_are_repeatable(self) -> None:
        """Two builds in two places, by different processes, have the same names, bytes, modes and times."""
        assert state(package("SlackFunction")) == state(package("JobFunction"))

    def test_traceback_names_file_in_lambdas_folder(self) -> None:
        """A traceback names the file in Lambda's folder, not where the package was built."""
        (ours,) = (package("JobFunction") / "handlers" / "__pycache__").glob("job.*.pyc")

        assert b"/var/task/handlers/job.py" in ours.read_bytes()
