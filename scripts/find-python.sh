#!/bin/sh
# Prints the first Python that is new enough; 3.11 first, because that is what is tested and shipped.
for candidate in python3.11 python3.12 python3.13 python3.14 python3 python; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    # Version managers leave stubs on the PATH that cannot run, so ask each candidate, and for its real path.
    if real=$("$path" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null); then
        echo "$real"
        exit 0
    fi
done
found=$(python3 --version 2>/dev/null || echo "no python3")
echo "todo-chatbot needs Python 3.11 or newer, but found $found on the PATH." >&2
exit 1
