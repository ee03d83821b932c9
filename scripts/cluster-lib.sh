# Shared by the scripts that talk to a cluster; sourced, not run.
# RELEASE and NAMESPACE name the installation (todo, todo).
RELEASE=${RELEASE:-todo}
NAMESPACE=${NAMESPACE:-todo}
CHART=${CHART:-helm/todo-chatbot-chart}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
need() { local tool; for tool in "$@"; do command -v "$tool" >/dev/null || die "$tool is not installed"; done; }

# Runs a command, or with DRY_RUN=1 only shows it.
act() {
    if [[ ${DRY_RUN:-} ]]; then printf 'would run: %s\n' "$*"; else "$@"; fi
}

kube() { kubectl --namespace "$NAMESPACE" "$@"; }

helm_major() { helm version --template '{{.Version}}' | sed 's/^v//; s/\..*//'; }

# The one object of a kind with a component label, as kind/name.
of_component() { # KIND COMPONENT
    kube get "$1" --selector "app.kubernetes.io/instance=$RELEASE,app.kubernetes.io/component=$2" --output name | head -n 1
}

# Waits for a Job and shows its log; fails when it failed.
follow_job() { # NAME SECONDS
    local deadline=$((SECONDS + $2)) state
    while ((SECONDS < deadline)); do
        state=$(kube get job "$1" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')
        case $state in
            *Complete*) kube logs "job/$1" --tail=-1; return 0 ;;
            *Failed*) kube logs "job/$1" --tail=-1 || true; return 1 ;;
        esac
        sleep 1
    done
    kube logs "job/$1" --tail=-1 || true
    die "the Job $1 is not done after $2 seconds"
}

require_release() {
    helm status "$RELEASE" --namespace "$NAMESPACE" >/dev/null 2>&1 || die "there is no release $RELEASE in namespace $NAMESPACE"
}
