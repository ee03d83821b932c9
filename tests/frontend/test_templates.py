"""Rules every template keeps: they compile, have a title, label their fields, and need no script."""

import hashlib
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI
from tests.frontend.browser import Browser, accessible_name
from tests.frontend.stub.demo import EMAIL, PASSWORD, fill
from tests.frontend.stub.store import Account, Store

from todo_frontend.assets import STATIC_DIR
from todo_frontend.templating import TEMPLATES_DIR

TEMPLATES = sorted(TEMPLATES_DIR.rglob("*.html"))
PARTS = {"macros", "partials"}
PUBLIC = ["/", "/signup", "/login", "/_patterns", "/nowhere"]
SIGNED_IN = [
    "/app",
    "/app/inbox",
    "/app/upcoming",
    "/app/search?q=the",
    "/app/done",
    "/app/trash",
    "/app/projects",
    "/app/labels",
    "/app/suggestions",
    "/app/settings",
    "/app/settings/tokens",
]


def _name(path: Path) -> str:
    return path.relative_to(TEMPLATES_DIR).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_compiles(frontend: FastAPI, path: Path) -> None:
    frontend.state.templates.env.get_template(_name(path))


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.parent.name not in PARTS], ids=_name)
def test_a_page_names_itself(path: Path) -> None:
    text = path.read_text()
    whole_page = "{% extends" in text and path.name not in {"app.html", "public.html"}
    assert not whole_page or "{% block title %}" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_words_of_another_htmx_and_nothing_inline(path: Path) -> None:
    text = path.read_text()
    found = re.findall(r"hx-ext|sse-connect|sse-swap|hx-disinherit|data-hx-|hx-on|hx-vars|\bjs:", text)
    assert not found
    assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=", text)


def test_htmx_is_the_file_its_readme_names() -> None:
    folder = STATIC_DIR / "vendor" / "htmx"
    digest = hashlib.sha256((folder / "htmx.min.js").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text()


@pytest.fixture
def lived_in(store: Store) -> Account:
    return fill(store)


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_pages_keep_the_rules(visitor: Browser, path: str) -> None:
    check_page((await visitor.open(path)).html)


async def test_signed_in_pages_keep_the_rules(visitor: Browser, lived_in: Account) -> None:
    await visitor.submit("/login", {"email": EMAIL, "password": PASSWORD})
    task, project = next(iter(lived_in.tasks)), next(iter(lived_in.projects))
    label, card = next(iter(lived_in.labels)), next(iter(lived_in.suggestions))
    more = [
        f"/app/tasks/{task}",
        f"/app/projects/{project}",
        f"/app/projects/{project}/edit",
        f"/app/labels/{label}",
        f"/app/labels/{label}/edit",
        f"/app/suggestions/{card}/edit",
    ]
    for path in (*SIGNED_IN, *more):
        page = await visitor.open(path)
        assert page.status == 200, path
        check_page(page.html)
        assert page.form("/logout").button is page.button("Log out")


def check_page(html: BeautifulSoup) -> None:
    assert html.title is not None
    assert len(html.title.get_text().removesuffix(" · Todo")) > 2
    assert len(html.find_all("h1")) == 1
    assert len(html.find_all("main")) == 1
    skip = html.select_one("a.skip-link")
    assert skip is not None
    assert skip["href"] == "#main"
    _check_ids(html)
    _check_names(html)
    _check_landmarks(html)
    _check_scriptless(html)


def _check_ids(html: BeautifulSoup) -> None:
    ids = [str(element["id"]) for element in html.select("[id]")]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)
    for attribute in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "list"):
        for element in html.select(f"[{attribute}]"):
            for target in str(element[attribute]).split():
                assert target in ids, f"{attribute}={target} points nowhere"


def _check_names(html: BeautifulSoup) -> None:
    for field in html.select("input:not([type=hidden]), select, textarea, button, summary"):
        assert _named(field), field
    for link in html.find_all("a"):
        assert accessible_name(link), link


def _named(element: Tag) -> bool:
    return bool(accessible_name(element)) if element.name != "select" else _has_label(element)


def _has_label(element: Tag) -> bool:
    root = list(element.parents)[-1]
    return bool(element.get("aria-label") or root.find("label", attrs={"for": str(element.get("id"))}))


def _check_landmarks(html: BeautifulSoup) -> None:
    navigations = [str(nav.get("aria-label")) for nav in html.find_all("nav")]
    assert len(navigations) == len(set(navigations))


def _check_scriptless(html: BeautifulSoup) -> None:
    """Whatever htmx asks for can also be reached by a link or a form, and every button does something."""
    for element in html.select("[hx-get], [hx-post], [hx-boost]"):
        address = str(element.get("hx-get") or element.get("hx-post")).split("?")[0]
        on_that_page = html.select_one(f'h1:-soup-contains("{element.get("aria-label")}")')
        assert element.select_one(f'a[href="{address}"], form[action="{address}"]') or on_that_page
    for button in html.find_all("button"):
        assert button.find_parent("form") or button.has_attr("popovertarget"), button
