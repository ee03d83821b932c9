"""Headers, static files, and who may change things."""

import re

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from tests.frontend.browser import Browser
from tests.frontend.conftest import browser_of
from tests.frontend.stub.store import Account

from todo_frontend.security.csrf import is_trusted

OWN = "https://todo.example.org"


@pytest.mark.parametrize(
    ("headers", "trusted"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": OWN}, False),
        ({"origin": OWN}, True),
        ({"origin": "http://inside.cluster:3000", "host": "inside.cluster:3000"}, True),
        ({"origin": "https://evil.example", "host": "todo.example.org"}, False),
        ({"origin": "http://todo.example.org", "host": "other"}, False),
        ({"origin": "https://todo.example.org.evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_who_may_change_something(headers: dict[str, str], trusted: bool) -> None:
    assert is_trusted("POST", Headers(headers), OWN) is trusted
    assert is_trusted("GET", Headers(headers), OWN) is True


async def test_another_site_cannot_make_the_browser_write(browser: Browser, me: Account) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    page = await browser.submit("/app/tasks", {"title": "Planted"}, headers=headers)
    assert page.status == 403
    assert page.one("h1").get_text() == "That came from somewhere else"
    assert not me.tasks


async def test_headers_of_every_page(browser: Browser) -> None:
    for path in ("/", "/login", "/app", "/nowhere"):
        headers = (await browser.open(path)).response.headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert not re.search(r"unsafe|\*|data:|http", policy)
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        assert headers["x-request-id"]


async def test_production_insists_on_https_and_hides_the_patterns(production: FastAPI) -> None:
    async with browser_of(production) as browser:
        assert "max-age=31536000" in (await browser.open("/")).response.headers["strict-transport-security"]
        assert (await browser.open("/_patterns")).status == 404


async def test_static_files_are_kept_forever_only_under_their_hash(visitor: Browser) -> None:
    page = await visitor.open("/")
    sheets = [str(link["href"]) for link in page.html.select("link[rel=stylesheet]")]
    scripts = [str(script["src"]) for script in page.html.select("script")]
    for address in (*sheets, *scripts):
        assert re.search(r"\?h=[0-9a-f]{12}$", address)
        answer = (await visitor.open(address)).response
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        other = (await visitor.open(address.split("?")[0] + "?h=000000000000")).response
        assert other.headers["cache-control"] == "no-cache"


async def test_icons_exist(browser: Browser, me: Account) -> None:
    me.add_task("One", due_date="2020-01-01", priority="p1", notes="n", labels=["l"])
    sprite = (await browser.open("/static/icons.svg")).html
    known = {str(symbol["id"]) for symbol in sprite.find_all("symbol")}
    for path in ("/", "/app", "/app/inbox", "/app/settings", "/app/trash", "/app/projects", "/app/search"):
        used = {str(use["href"]).split("#")[1] for use in (await browser.open(path)).html.select("svg use")}
        assert used <= known


async def test_a_notice_shows_only_its_own_words(browser: Browser) -> None:
    page = await browser.open("/app?notice=<b>You+won</b>")
    assert "You won" not in page.text
    page = await browser.open("/app?notice=task_trashed&about=../../logout")
    assert "Moved to the trash." in page.text
    assert not page.html.select("main > .notice form"), "no Undo for something that is no id"
