#!/usr/bin/env bash
# Checks a running installation from outside: every service, then sign-up, a task, and an overdue task that becomes a
# suggestion, all through the public address. Deletes the account it made. Exit code 0 only when every line is ok.
#   scripts/validate.sh [URL]        default: the address of the release's Ingress, on this machine
# Settings: RELEASE, NAMESPACE, RESOLVE (address to connect to instead of the host's own), CARD_SECONDS (120; 0: no card)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
source scripts/cluster-lib.sh
need curl python3

url=${1:-}
if [[ ! $url ]]; then
    need kubectl
    url=http://$(kube get ingress --output 'jsonpath={.items[0].spec.rules[0].host}')
    RESOLVE=${RESOLVE:-127.0.0.1}
fi
host=${url#*://}
host=${host%%[:/]*}
connect=()
[[ ! ${RESOLVE:-} ]] || connect=(--connect-to "$host::$RESOLVE:")
work=$(mktemp -d)
token="" failed=0
password=$(python3 -c 'import secrets; print(secrets.token_urlsafe(18))')
email=validate-$(date +%s)-$RANDOM@example.org

# The answer's body goes to $work/body, its status to stdout. Secrets go through files, not the command line.
call() { # METHOD PATH [JSON]
    local arguments=(--silent --show-error --max-time 15 "${connect[@]}" --request "$1" --output "$work/body" --write-out '%{http_code}')
    printf 'Authorization: Bearer %s\n' "$token" >"$work/headers"
    [[ ! $token ]] || arguments+=(--header "@$work/headers")
    if [[ ${3:-} ]]; then
        printf '%s' "$3" >"$work/json"
        arguments+=(--header 'Content-Type: application/json' --data "@$work/json")
    fi
    curl "${arguments[@]}" "$url$2" || echo 000
}
from_body() { python3 -c 'import json, sys; value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."): value = value[int(key) if key.isdigit() else key]
print(value)' "$work/body" "$1"; }
report() { # NAME WANTED GOT
    if [[ $2 == "$3" ]]; then printf '%-42s ok\n' "$1"; else
        printf '%-42s FAILED (%s instead of %s)\n' "$1" "$3" "$2"
        failed=1
    fi
}
clean_up() {
    if [[ $token ]]; then
        report "the account is deleted" 204 "$(call DELETE /api/v1/me "{\"password\":\"$password\"}")"
    fi
    rm -rf "$work"
}
trap 'clean_up; exit $failed' EXIT

for component in backend ai-agent frontend; do
    command -v kubectl >/dev/null && kubectl version >/dev/null 2>&1 || break
    wanted=$(kube get "$(of_component deployment $component)" --output 'jsonpath={.spec.replicas}' 2>/dev/null) || break
    report "$component: pods ready" "$wanted" "$(kube get "$(of_component deployment $component)" --output 'jsonpath={.status.readyReplicas}')"
done
report "frontend: /health" 200 "$(call GET /health)"
report "frontend: /ready" 200 "$(call GET /ready)"
report "landing page" 200 "$(call GET /)"
report "sign up" 201 "$(call POST /api/v1/auth/signup "{\"email\":\"$email\",\"password\":\"$password\",\"timezone\":\"UTC\"}")"
((failed)) && exit
token=$(from_body session.token)
report "add a task" 201 "$(call POST /api/v1/tasks '{"title":"validate.sh"}')"
report "list the tasks" 200 "$(call GET /api/v1/tasks)"
yesterday=$(date -u -d '2 days ago' +%F 2>/dev/null || date -u -v-2d +%F)
report "add an overdue task" 201 "$(call POST /api/v1/tasks "{\"title\":\"validate.sh, overdue\",\"due_date\":\"$yesterday\"}")"
if ((${CARD_SECONDS:-120} > 0)); then
    SECONDS=0 found=none
    while ((SECONDS < ${CARD_SECONDS:-120})); do
        [[ $(call GET /api/v1/suggestions) == 200 ]] && found=$(from_body items.0.agent 2>/dev/null || echo none)
        [[ $found == none ]] || break
        sleep 1
    done
    report "the overdue task became a card (${SECONDS} s)" overdue "$found"
fi
