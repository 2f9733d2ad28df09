"""`python -m bot`, and the command `sechub` that the package installs."""

import sys


def main(program: str = "python -m bot") -> int:
    """Run the command line. The check of templates starts without the libraries of AWS."""
    try:
        if sys.argv[1:2] == ["check"]:
            from bot.check.arguments import main as check

            return check(sys.argv[2:], program, _put_check)
        from bot.cli import main as run

        return run(sys.argv[1:], program)
    except KeyboardInterrupt:  # while modules were imported
        return 130


def _put_check(bucket: str, key: str, body: bytes) -> None:
    """Put the result of a check into the bucket; loads the libraries of AWS."""
    from bot.adapters.check_sender import put_check

    put_check(bucket, key, body)


def sechub() -> int:
    """Run the command that the package installs (pyproject.toml, project.scripts)."""
    return main("sechub")


if __name__ == "__main__":
    sys.exit(main())
