"""`python -m devstack dev` runs the platform, `python -m devstack migrate` only its migrations."""

import argparse
import asyncio
import os
import signal
import sys

from devstack.configuration import ConfigurationError, configuration, load_env_file, require_free_ports
from devstack.console import Console
from devstack.development import Development
from devstack.parent_death import bind_to_parent
from devstack.postgres import PostgresError
from devstack.services import ROOT


def main() -> int:
    """Returns the exit code: 2 for something that has to be configured differently."""
    parser = argparse.ArgumentParser(prog="devstack", description=__doc__)
    parser.add_argument("command", choices=["dev", "migrate"])
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when the calling process ends (Linux)"
    )
    arguments = parser.parse_args()
    if arguments.with_parent:
        bind_to_parent(signal.SIGTERM, os.getppid())
    load_env_file(ROOT / ".env")
    try:
        chosen = configuration(os.environ)
        development = Development(chosen, Console())
        if arguments.command == "migrate":
            return asyncio.run(development.migrate())
        require_free_ports(chosen.ports)
        return asyncio.run(development.run())
    except (ConfigurationError, PostgresError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
