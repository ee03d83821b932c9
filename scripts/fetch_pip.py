"""Downloads pip's wheel from the package index to the path given. Standard library only.

For a Python without `ensurepip`: a wheel is an archive that Python can run pip from.
"""

import hashlib
import os
import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
WHEEL = re.compile(r'href="([^"#]*/pip-([0-9.]+)-py3-none-any\.whl)#sha256=([0-9a-f]{64})"')


def fetch(url: str) -> bytes:
    """The body at `url`."""
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - the user's own index
        body: bytes = response.read()
        return body


def main() -> None:
    """Take the newest release of the listing (PEP 503) and check its hash."""
    wheels = WHEEL.findall(fetch(INDEX).decode())
    if not wheels:
        sys.exit(f"{INDEX} lists no wheel of pip.")
    link, version, digest = max(wheels, key=lambda wheel: [int(part) for part in wheel[1].split(".")])
    wheel = fetch(urllib.parse.urljoin(INDEX, link))
    if hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit(f"The download of pip {version} is damaged.")
    Path(sys.argv[1]).write_bytes(wheel)


if __name__ == "__main__":
    main()
