"""Changes under load: nothing fails, nothing is lost or doubled."""

import asyncio
import time
from collections.abc import Callable

import pytest
import yaml
from tests.cluster.conftest import TAG
from tests.cluster.installation import CHART, KEYS, SERVICES, Installation
from tests.cluster.load import Load
from tests.cluster.scenario import NO_LIMIT, TWO_EACH, Variant, report, tagged, under_load


def test_upgrade_and_rollback_under_load_fail_no_request(
    installation: Installation, variant: Variant
) -> None:
    newer = variant("next")
    installation.upgrade(*tagged(TAG), *TWO_EACH, NO_LIMIT)

    async def there() -> str:
        seconds = await asyncio.to_thread(installation.upgrade, *tagged(newer), *TWO_EACH, NO_LIMIT)
        return f"new image in {seconds:.0f} s"

    async def back() -> str:
        seconds = await asyncio.to_thread(installation.rollback)
        assert seconds < 60
        return f"rollback in {seconds:.0f} s"

    asyncio.run(under_load(installation, "helm upgrade", there))
    asyncio.run(under_load(installation, "helm rollback", back))


@pytest.mark.parametrize("component", SERVICES)
def test_a_deleted_pod_is_replaced_without_a_failed_request(
    installation: Installation, component: str
) -> None:
    async def delete() -> str:
        began = time.monotonic()
        victim = installation.pods(component)[0]
        await asyncio.to_thread(installation.kubectl, "delete", "pod", victim, "--wait=false")
        await asyncio.to_thread(installation.wait_for_pods, component, 2)
        seconds = time.monotonic() - began
        assert seconds < 60
        await asyncio.sleep(12)  # until the old pod has drained and gone
        return f"{component} back to 2 pods after {seconds:.1f} s"

    asyncio.run(under_load(installation, f"pod deleted: {component}", delete))


@pytest.mark.parametrize("component", SERVICES)
def test_scaling_to_ten_and_back_fails_no_request(installation: Installation, component: str) -> None:
    async def scale() -> str:
        spent = []
        for number in (10, 2):
            settings = (*TWO_EACH, f"{KEYS[component]}.replicaCount={number}")
            began = time.monotonic()
            await asyncio.to_thread(installation.upgrade, *tagged(TAG), *settings, NO_LIMIT)
            spent.append(f"{number} pods after {time.monotonic() - began:.0f} s")
            await asyncio.sleep(3)
        await asyncio.sleep(12)  # until the last one has drained
        return f"{component}: " + ", ".join(spent)

    asyncio.run(under_load(installation, "scale 2 → 10 → 2", scale))


def test_a_changed_setting_takes_effect_within_a_minute(installation: Installation) -> None:
    async def change() -> str:
        more = (*tagged(TAG), *TWO_EACH, NO_LIMIT, "config.logLevel=DEBUG")
        seconds = await asyncio.to_thread(installation.upgrade, *more)
        assert seconds < 60
        return f"LOG_LEVEL=DEBUG everywhere after {seconds:.0f} s"

    asyncio.run(under_load(installation, "setting changed", change))
    logs = installation.kubectl("logs", f"deployment/{installation.name}-backend", "--tail=200")
    assert '"level":"DEBUG"' in logs


def test_both_secrets_are_rotated_without_a_failed_request(installation: Installation) -> None:
    """Three calm steps: everybody verifies the new one, everybody uses it, nobody knows the old one."""
    base = (*tagged(TAG), *TWO_EACH, NO_LIMIT)
    old: dict[str, str] = yaml.safe_load((CHART / "values-local.yaml").read_text())["secrets"]["values"]
    new = {name: f"rotated-{name.lower()}-{time.time_ns()}-0123456789" for name in old}

    def secrets(current: dict[str, str], previous: dict[str, str]) -> list[str]:
        return [
            *(f"secrets.values.{name}={value}" for name, value in current.items()),
            *(f"secrets.values.{name}_PREVIOUS={value}" for name, value in previous.items()),
        ]

    async def rotate() -> str:
        steps = [secrets(old, new), secrets(new, old), secrets(new, {})]
        spent = [await asyncio.to_thread(installation.upgrade, *base, *step) for step in steps]
        return "three steps in " + ", ".join(f"{seconds:.0f} s" for seconds in spent)

    asyncio.run(under_load(installation, "secrets rotated", rotate))


def test_autoscaling_goes_up_and_comes_down(installation: Installation) -> None:
    scaling = (
        "backend.autoscaling.enabled=true",
        "backend.autoscaling.minReplicas=1",
        "backend.autoscaling.maxReplicas=4",
        "backend.autoscaling.scaleDownStabilizationSeconds=20",
    )
    installation.upgrade(*tagged(TAG), NO_LIMIT, *scaling)
    seen: list[int] = []

    async def watch() -> None:
        tokens = installation.sign_up()
        async with Load(installation.url, tokens, host=installation.host, per_second=150, workers=30) as load:
            await follow(lambda number: number >= 3, 90)
        report("autoscaling", load.books.line(load.seconds))
        assert not load.books.failures
        await follow(lambda number: number == 1, 240)

    async def follow(done: Callable[[int], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            item = await asyncio.to_thread(installation.get, "deployment", f"{installation.name}-backend")
            number = item["status"].get("replicas", 0)
            if not seen or seen[-1] != number:
                seen.append(number)
            if done(number):
                return
            await asyncio.sleep(1)
        raise AssertionError(f"replicas went {seen}")

    asyncio.run(watch())
    report("autoscaling", f"replicas went {seen}")
    installation.upgrade(*tagged(TAG), NO_LIMIT, force=True)
    top = seen.index(max(seen))
    assert seen[:top] == sorted(seen[:top])
    assert seen[top:] == sorted(seen[top:], reverse=True)
