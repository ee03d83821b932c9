"""Installing, looking, uninstalling."""

from tests.cluster.conftest import TAG
from tests.cluster.installation import Installation, run
from tests.cluster.scenario import BACKUPS, NO_LIMIT, report, tagged

KINDS = (
    "deployments", "statefulsets", "services", "configmaps", "secrets", "serviceaccounts", "networkpolicies",
    "jobs", "cronjobs", "persistentvolumeclaims",
)  # fmt: skip


def test_install_serves_and_passes_its_own_tests(installation: Installation) -> None:
    seconds = installation.upgrade(*tagged(TAG), NO_LIMIT)
    installation.helm("test", installation.release)
    report("install", f"serving {seconds:.0f} s after helm install")
    assert seconds < 90


def test_validate_is_green_through_the_ingress(installation: Installation) -> None:
    env = {"NAMESPACE": installation.namespace, "RELEASE": installation.release}
    print(run("scripts/validate.sh", env=env))


def test_uninstall_leaves_the_data_and_a_new_installation_finds_it(installation: Installation) -> None:
    installation.upgrade(*tagged(TAG), NO_LIMIT, *BACKUPS)
    before = installation.checksums()
    installation.helm("uninstall", installation.release, "--wait")
    left = {
        kind: [item["metadata"]["name"] for item in installation.get(kind)["items"]]
        for kind in KINDS
    }  # fmt: skip
    left["configmaps"] = [name for name in left["configmaps"] if name != "kube-root-ca.crt"]
    left["serviceaccounts"].remove("default")
    report("uninstall", f"left: { {kind: names for kind, names in left.items() if names} }")
    assert {kind for kind, names in left.items() if names} == {"persistentvolumeclaims"}
    seconds = installation.upgrade(*tagged(TAG), NO_LIMIT, *BACKUPS)
    assert installation.checksums() == before
    report("install again", f"finds the data, serving after {seconds:.0f} s")
