"""PostgreSQL goes away under use and comes back; nothing has to be started again."""

import html

import httpx
import pytest
from tests.e2e.api_user import PASSWORD, ApiUser, wait_for

from devstack.stack import Stack

pytestmark = pytest.mark.slow


def test_without_a_database_people_are_told_and_with_it_everything_works_again(stack: Stack) -> None:
    own_site = {"Sec-Fetch-Site": "same-origin"}
    with ApiUser(stack.backend_url) as user, httpx.Client(base_url=stack.frontend_url) as browser:
        browser.post("/login", data={"email": user.email, "password": PASSWORD}, headers=own_site)
        pids = [stack.pid(service) for service in ("backend", "ai-agent", "frontend")]

        stack.stop_postgres()
        try:
            refused = user.http.get("/tasks")
            assert refused.status_code == 503
            assert refused.headers["Content-Type"] == "application/problem+json"
            assert refused.json()["request_id"] == refused.headers["X-Request-ID"]
            page = browser.get("/app", timeout=15)
            assert page.status_code == 503
            assert "<h1" in page.text
            assert httpx.get(f"{stack.backend_url}/health").status_code == 200
            ready = httpx.get(f"{stack.backend_url}/ready")
            assert ready.status_code == 503
            assert ready.json()["checks"]["database"]["ok"] is False
        finally:
            stack.start_postgres()

        for service in ("backend", "ai-agent", "frontend"):
            stack.wait_ready(service)
        card = user.wait_for_card(user.add_overdue_task("Right after the outage")["id"])
        shown = wait_for(
            lambda: text if card["title"] in (text := _unescaped(browser.get("/app"))) else None,
            what="the card on the page",
            seconds=5,
        )
        assert "Right after the outage" in shown
        assert [stack.pid(service) for service in ("backend", "ai-agent", "frontend")] == pids


def _unescaped(page: httpx.Response) -> str:
    return html.unescape(page.text) if page.status_code == 200 else ""
