"""Who reaches whom, asked from inside the pods."""

import json
import time

from tests.cluster.conftest import TAG
from tests.cluster.installation import SERVICES, Installation, run
from tests.cluster.scenario import NO_LIMIT, report, tagged

PROBE = (
    "import socket, sys\n"
    "for target in sys.argv[1:]:\n"
    "    host, port = target.rsplit(':', 1)\n"
    "    try:\n"
    "        socket.create_connection((host, int(port)), 3).close(); print(target, 'open')\n"
    "    except OSError as error:\n"
    "        print(target, 'closed')\n"
)


def test_the_network_is_the_picture(installation: Installation) -> None:
    installation.upgrade(*tagged(TAG), NO_LIMIT)
    addresses = {
        component: installation.get(
            "pods", "--selector",
            f"app.kubernetes.io/instance={installation.release},app.kubernetes.io/component={component}",
        )["items"][-1]["status"]["podIP"]
        for component in (*SERVICES, "postgresql")
    }  # fmt: skip
    ports = {"backend": 8000, "ai-agent": 8001, "frontend": 3000, "postgresql": 5432}
    targets = {f"{addresses[name]}:{port}": name for name, port in ports.items()}
    targets |= {f"{addresses[name]}:9464": f"{name} metrics" for name in SERVICES}

    def reachable(prefix: list[str]) -> set[str]:
        lines = installation.kubectl(*prefix, "python", "-c", PROBE, *targets).splitlines()
        return {targets[line.split()[0]] for line in lines if line.endswith(" open")}

    seen = {name: reachable(["exec", f"deployment/{installation.name}-{name}", "--"]) for name in SERVICES}
    shell = (
        f"for t in {' '.join(targets)}; do"
        ' timeout 3 bash -c "</dev/tcp/${t%:*}/${t##*:}" 2>/dev/null && echo $t open; done; true'
    )
    lines = installation.kubectl(
        "exec", f"{installation.name}-postgresql-0", "--", "bash", "-c", shell
    ).splitlines()
    seen["postgresql"] = {targets[line.split()[0]] for line in lines}
    stranger = stranger_pod(f"todo-backend:{TAG}")
    try:
        time.sleep(3)
        lines = run("kubectl", "exec", "stranger", "--", "python", "-c", PROBE, *targets).splitlines()
        seen["stranger"] = {targets[line.split()[0]] for line in lines if line.endswith(" open")}
    finally:
        run("kubectl", "delete", "pod", stranger, "--wait=false", "--grace-period=0", "--force")
    for who, whom in seen.items():
        whom -= {who, f"{who} metrics"}  # a pod always reaches itself
    report(
        "network", "; ".join(f"{who} → {', '.join(sorted(whom)) or 'nothing'}" for who, whom in seen.items())
    )
    assert seen == {
        "frontend": {"backend", "ai-agent"},
        "ai-agent": {"backend"},
        "backend": {"postgresql"},
        "postgresql": set(),
        "stranger": set(),
    }


def stranger_pod(image: str) -> str:
    """A pod of somebody else, in the default namespace."""
    container = {"name": "stranger", "image": image, "imagePullPolicy": "IfNotPresent"}
    spec = {"containers": [{**container, "command": ["sleep", "300"]}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stranger"}, "spec": spec}
    run("kubectl", "apply", "--filename", "-", stdin=json.dumps(pod))
    run("kubectl", "wait", "--for=condition=Ready", "pod/stranger", "--timeout=60s")
    return "stranger"
