#!/usr/bin/env bash
# Goes back to the previous release, or to the one named, and waits until it serves. Data is not touched: the previous
# release runs on the newer schema.
#   scripts/rollback.sh [REVISION]       DRY_RUN=1 only shows what would happen
# Settings: RELEASE, NAMESPACE, TIMEOUT (2m)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
source scripts/cluster-lib.sh
need helm kubectl
require_release
helm history "$RELEASE" --namespace "$NAMESPACE" --max 5 >&2
started=$SECONDS
act helm rollback "$RELEASE" ${1:+"$1"} --namespace "$NAMESPACE" --wait --timeout "${TIMEOUT:-2m}"
[[ ${DRY_RUN:-} ]] || say "Serving the former release after $((SECONDS - started)) s"
