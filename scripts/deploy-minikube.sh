#!/usr/bin/env bash
# Builds the images, loads them into a local cluster, installs or upgrades the chart and waits until it serves.
# Safe to run again.
#   scripts/deploy-minikube.sh                          minikube, which is started when it is not running
#   CLUSTER=kind scripts/deploy-minikube.sh             the kind cluster of the current context
#   CLUSTER=current IMAGE_LOAD='command' scripts/…      any other; the command gets the images' names
# Settings: TAG (dev), RELEASE (todo), NAMESPACE (todo), VALUES (more values files), TIMEOUT (5m), BUILD=0 (images are there)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
source scripts/cluster-lib.sh

CLUSTER=${CLUSTER:-minikube}
TAG=${TAG:-dev}
TIMEOUT=${TIMEOUT:-5m}
postgres=postgres:18-bookworm
images=("todo-backend:$TAG" "todo-ai-agent:$TAG" "todo-frontend:$TAG")

prepare_cluster() {
    case $CLUSTER in
        minikube)
            need minikube
            minikube status >/dev/null 2>&1 || minikube start --cni=calico
            minikube addons enable ingress
            minikube addons enable metrics-server
            ;;
        kind) need kind ;;
        current) ;;
        *) die "CLUSTER is minikube, kind or current, not '$CLUSTER'" ;;
    esac
    kubectl version >/dev/null 2>&1 || die "the cluster of the context $(kubectl config current-context) does not answer"
}

load_images() {
    case $CLUSTER in
        minikube) for image in "${images[@]}"; do minikube image load --overwrite=true "$image"; done ;;
        kind) kind load docker-image "${images[@]}" --name "$(kubectl config current-context | sed 's/^kind-//')" ;;
        current)
            [[ ${IMAGE_LOAD:-} ]] || { say "IMAGE_LOAD is not set: the cluster must find ${images[*]} by itself"; return; }
            $IMAGE_LOAD "${images[@]}" "$postgres"
            ;;
    esac
}

# The same tag can hold new code, which a Deployment that names only the tag would not notice.
image_settings() {
    local component image
    for component in backend aiAgent frontend; do
        case $component in backend) image=${images[0]} ;; aiAgent) image=${images[1]} ;; *) image=${images[2]} ;; esac
        printf -- '--set %s.image.tag=%s --set-string %s.podAnnotations.image-id=%s ' \
            "$component" "$TAG" "$component" "$(docker image inspect --format '{{slice .Id 7 19}}' "$image")"
    done
}

address() {
    local host
    host=$(kube get ingress --output 'jsonpath={.items[0].spec.rules[0].host}')
    case $CLUSTER in
        minikube) echo "http://$host  (once: echo \"$(minikube ip) $host\" | sudo tee -a /etc/hosts)" ;;
        *) echo "http://$host" ;;
    esac
}

need docker kubectl helm
started=$SECONDS
prepare_cluster
[[ ${BUILD:-1} == 0 ]] || { say "Building the images"; make --no-print-directory images TAG="$TAG"; }
say "Loading the images"
load_images
say "Installing"
kubectl create namespace "$NAMESPACE" --dry-run=client --output yaml | kubectl apply --filename - >/dev/null
kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/enforce=restricted --overwrite >/dev/null
more=()
for file in ${VALUES:-}; do more+=(--values "$file"); done
# shellcheck disable=SC2046 # the settings are words
helm upgrade --install "$RELEASE" "$CHART" --namespace "$NAMESPACE" --values "$CHART/values-local.yaml" \
    "${more[@]}" $(image_settings) --wait --wait-for-jobs --timeout "$TIMEOUT" >/dev/null ||
    { kube get pods; die "the installation did not become ready; look at: kubectl -n $NAMESPACE get events"; }
kube get pods
say "Serving after $((SECONDS - started)) s: $(address)"
say "Next: scripts/validate.sh"
