"""The NetworkPolicies say exactly who talks to whom."""

import pytest
from tests.chart.helm import Manifest, of_kind, pod_templates, rendered

COMPONENT = "app.kubernetes.io/component"
ALL_ON = ("backup.enabled=true", "backup.verification.enabled=true", "restore.file=todo-20260101T000000Z")

EDGES = {
    ("frontend", "backend", 8000),
    ("frontend", "ai-agent", 8001),
    ("ai-agent", "backend", 8000),
    ("backend", "postgresql", 5432),
    ("migrate", "postgresql", 5432),
    ("backup", "postgresql", 5432),
    ("restore", "postgresql", 5432),
    ("test", "frontend", 3000),
    ("test", "backend", 8000),
    ("test", "ai-agent", 8001),
}


def policies(*settings: str, profile: str = "local") -> dict[str, Manifest]:
    return {
        name: item["spec"] for name, item in of_kind(rendered(profile, *settings), "NetworkPolicy").items()
    }


def edges(direction: str) -> set[tuple[str, str, int]]:
    """(who, whom, port) between components, as the ingress or the egress rules tell it."""
    found = set()
    for spec in policies(*ALL_ON).values():
        me = spec["podSelector"]["matchLabels"].get(COMPONENT)
        for rule in spec.get(direction, []):
            for peer in rule["from" if direction == "ingress" else "to"]:
                other = peer.get("podSelector", {}).get("matchLabels", {}).get(COMPONENT)
                if other is not None:
                    pair = (other, me) if direction == "ingress" else (me, other)
                    found |= {(*pair, port["port"]) for port in rule["ports"]}
    return found


def test_both_ends_of_every_connection_agree_and_there_are_no_others() -> None:
    assert edges("ingress") == edges("egress") == EDGES


def test_every_pod_is_denied_everything_first() -> None:
    deny = policies()["default-deny"]
    assert deny["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in deny
    assert "egress" not in deny
    for pod in pod_templates(rendered("local", *ALL_ON)).values():
        assert deny["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()


def test_only_services_that_need_a_name_or_a_model_get_out() -> None:
    out = {
        name: [peer["ipBlock"] for rule in spec.get("egress", []) for peer in rule["to"] if "ipBlock" in peer]
        for name, spec in policies(*ALL_ON).items()
    }
    assert {name for name, blocks in out.items() if blocks} == {"ai-agent"}
    assert "10.0.0.0/8" in out["ai-agent"][0]["except"]
    assert "egress" not in policies()["postgresql"]


@pytest.mark.parametrize(("name", "port"), [("frontend", 3000), ("backend", 8000), ("ai-agent", 8001)])
def test_the_ingress_controller_reaches_what_the_ingress_publishes(name: str, port: int) -> None:
    rules = [
        rule
        for rule in policies()[name]["ingress"]
        if any("namespaceSelector" in peer for peer in rule["from"])
    ]
    assert [rule["ports"] for rule in rules] == [[{"port": port, "protocol": "TCP"}]]
    closed = policies("ingress.api=false", "ingress.mcp=false")
    assert bool([r for r in closed[name]["ingress"] if any("namespaceSelector" in p for p in r["from"])]) == (
        name == "frontend"
    )


def test_production_reaches_its_external_database_and_lets_monitoring_read() -> None:
    prod = policies(profile="prod")
    assert "postgresql" not in prod
    blocks = [rule for rule in prod["backend"]["egress"] for port in rule["ports"] if port["port"] == 5432]
    assert blocks[0]["to"] == [{"ipBlock": {"cidr": "0.0.0.0/0"}}]
    for service in ("backend", "ai-agent", "frontend"):
        ports = [port["port"] for rule in prod[service]["ingress"] for port in rule["ports"]]
        assert 9464 in ports
    assert not [
        1
        for spec in policies().values()
        for rule in spec.get("ingress", [])
        for p in rule["ports"]
        if p["port"] == 9464
    ]


def test_policies_can_be_left_out() -> None:
    assert policies("networkPolicy.enabled=false") == {}
