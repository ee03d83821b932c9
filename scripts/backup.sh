#!/usr/bin/env bash
# Makes a backup now, the way the schedule does, and with --verify restores it into a throw-away database afterwards.
#   scripts/backup.sh [--verify | --verify-only | --list]     DRY_RUN=1 only shows what would happen
# Settings: RELEASE, NAMESPACE, TIMEOUT_SECONDS (900)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
source scripts/cluster-lib.sh
need kubectl helm
require_release

run_now() { # COMPONENT
    local schedule job
    schedule=$(of_component cronjob "$1")
    [[ $schedule ]] || die "the release has no CronJob for $1; set backup.enabled=true (and backup.verification.enabled=true)"
    job=$(basename "$schedule")-$(date -u +%H%M%S)
    act kube create job "$job" --from="$schedule" >&2
    [[ ${DRY_RUN:-} ]] || follow_job "$job" "${TIMEOUT_SECONDS:-900}"
}

case ${1:-} in
    --list) scripts/restore.sh list ;;
    --verify) run_now backup && run_now backup-verify ;;
    --verify-only) run_now backup-verify ;;
    "") run_now backup ;;
    *) die "unknown option $1" ;;
esac
