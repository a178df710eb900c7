"""The program ``maitred``: runs a command and turns every failure into one line and an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Exit 0 when done, 1 when refused, failed or incomplete, 2 for wrong usage; never a traceback without --debug."""
    from maitred.surfaces.cli.run import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
