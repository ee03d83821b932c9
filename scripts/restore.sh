#!/usr/bin/env bash
# Replaces the database by a backup. The backup is restored beside the live database and compared with its manifest;
# only then are the two swapped. The former database stays under another name.
#   scripts/restore.sh NAME DATABASE     for example: scripts/restore.sh todo-20260101T021500Z todo
#   scripts/restore.sh list              shows the backups that there are
# DRY_RUN=1 shows the Job instead of running it.
# Settings: RELEASE, NAMESPACE, TIMEOUT_SECONDS (3600)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in -h | --help | "") sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
source scripts/cluster-lib.sh
need helm kubectl
require_release

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
helm get values "$RELEASE" --namespace "$NAMESPACE" --output yaml >"$work/values.yaml"
helm template "$RELEASE" "$CHART" --namespace "$NAMESPACE" --values "$work/values.yaml" --set-string restore.file="$1" \
    --set-string restore.confirm="${2:-}" --show-only templates/backup/restore-job.yaml >"$work/job.yaml"
if [[ ${DRY_RUN:-} ]]; then cat "$work/job.yaml"; exit; fi

job=$(sed -n 's/^  name: //p' "$work/job.yaml" | head -n 1)
kube delete job "$job" --ignore-not-found --wait >/dev/null
kube apply --filename "$work/job.yaml" >/dev/null
follow_job "$job" "${TIMEOUT_SECONDS:-3600}"
[[ $1 == list ]] || say "A backup of an older release needs its migrations: helm upgrade (or any new release) runs them."
