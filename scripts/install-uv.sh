#!/bin/sh
# Puts uv (https://docs.astral.sh/uv/) into .tools/ from PyPI. Usage: scripts/install-uv.sh PYTHON
set -eu
python=$1
tools=.tools

echo "Installing uv into $tools/ …"
if "$python" -m venv --clear "$tools" >/dev/null 2>&1; then
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
else
    # Debian and Ubuntu ship Python without ensurepip unless python3-venv is installed: bring pip along.
    rm -rf "$tools"
    "$python" -m venv --without-pip "$tools"
    "$tools/bin/python" scripts/fetch_pip.py "$tools/pip.whl"
    "$tools/bin/python" "$tools/pip.whl/pip" install --quiet --disable-pip-version-check uv
fi
"$tools/bin/uv" --version
