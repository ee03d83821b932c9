"""Health and readiness, with checks that pass, fail, hang and refuse to be cancelled."""

import asyncio
import logging
import time
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from todo_kit.app import create_service_app
from todo_kit.health import Check, NotReady
from todo_kit.settings import ServiceSettings

ClientOf = Callable[[FastAPI], httpx.AsyncClient]


def app_with(**checks: Check) -> FastAPI:
    return create_service_app(service="sample", settings=ServiceSettings(), checks=checks)


async def fine() -> None:
    return


async def broken() -> None:
    raise ConnectionError("postgresql://user:hunter2@db")


async def behind() -> None:
    raise NotReady("the schema is behind")


async def hanging() -> None:
    await asyncio.Event().wait()


async def stubborn() -> None:
    for _ in range(2):
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            continue


async def test_health_touches_nothing(client_of: ClientOf) -> None:
    async with client_of(app_with(database=hanging)) as client:
        answer = await client.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_when_every_check_passes(client_of: ClientOf) -> None:
    async with client_of(app_with(database=fine, schema=fine)) as client:
        answer = await client.get("/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": {"ok": True}, "schema": {"ok": True}}}


async def test_what_is_missing_is_named_without_internals(client_of: ClientOf) -> None:
    async with client_of(app_with(database=broken, schema=behind, cache=fine)) as client:
        answer = await client.get("/ready")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "checks": {
            "database": {"ok": False, "reason": "unavailable"},
            "schema": {"ok": False, "reason": "the schema is behind"},
            "cache": {"ok": True},
        },
    }


@pytest.mark.parametrize("check", [hanging, stubborn])
async def test_a_hanging_check_does_not_hold_up_the_answer(client_of: ClientOf, check: Check) -> None:
    async with client_of(app_with(database=check, schema=check, cache=fine)) as client:
        started = time.monotonic()
        answer = await client.get("/ready")
        seconds = time.monotonic() - started

    assert seconds < 1
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "reason": "timeout"}
    assert answer.json()["checks"]["cache"] == {"ok": True}


async def test_a_draining_process_is_not_ready_but_healthy(client_of: ClientOf) -> None:
    app = app_with(database=fine)
    app.state.drain.begin()

    async with client_of(app) as client:
        ready = await client.get("/ready")
        health = await client.get("/health")

    assert (ready.status_code, ready.json()["status"]) == (503, "draining")
    assert health.status_code == 200
    assert ready.headers["Connection"] == health.headers["Connection"] == "close"


async def test_only_changes_are_logged(client_of: ClientOf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="todo_kit.health")
    failing = True

    async def flapping() -> None:
        if failing:
            raise ConnectionError

    async with client_of(app_with(database=flapping)) as client:
        await client.get("/ready")
        await client.get("/ready")
        failing = False
        await client.get("/ready")
        await client.get("/ready")

    lines = [record.getMessage() for record in caplog.records if record.name == "todo_kit.health"]
    assert lines == ["not ready", "ready again"]
