"""A browser without scripts: it follows links and submits forms as they stand on the page."""

from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag

OWN_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:3000"}


class Page:
    """A parsed answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.html = BeautifulSoup(response.text, "html.parser")

    @property
    def text(self) -> str:
        return " ".join(self.html.get_text(" ").split())

    def one(self, selector: str) -> Tag:
        found = self.html.select(selector)
        assert len(found) == 1, f"{len(found)} matches for {selector}"
        return found[0]

    def link(self, text: str) -> str:
        """The address of the one link with this text."""
        found = [link for link in self.html.find_all("a") if link.get_text(strip=True) == text]
        assert len(found) == 1, f"{len(found)} links {text!r}"
        return str(found[0]["href"])

    def form(self, action: str) -> Tag:
        forms = [form for form in self.html.find_all("form") if form.get("action") == action]
        assert forms, f"no form with action {action}"
        return forms[0]

    def button(self, name: str, within: Tag | None = None) -> Tag:
        found = [
            button for button in (within or self.html).find_all("button") if accessible_name(button) == name
        ]
        assert found, f"no button {name!r}"
        return found[0]


def accessible_name(element: Tag) -> str:
    """The name from `aria-label`, from the label that points here, or from the text."""
    if element.get("aria-label"):
        return str(element["aria-label"])
    root = list(element.parents)[-1]
    label = root.find("label", attrs={"for": str(element["id"])}) if element.get("id") else None
    if label is not None:
        return " ".join(label.get_text(" ").split())
    return " ".join(element.get_text(" ").split())


class Browser:
    """Keeps cookies, follows redirects, and says where its requests come from, as browsers do."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.http = httpx.AsyncClient(
            transport=transport, base_url="http://localhost:3000", headers=OWN_SITE, follow_redirects=True
        )

    async def __aenter__(self) -> "Browser":
        await self.http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    def use_session(self, token: str) -> None:
        self.http.cookies.set("session", token, domain="localhost.local")  # as the cookie jar names this host

    async def open(self, path: str, **options: Any) -> Page:
        return Page(await self.http.get(path, **options))

    async def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """POST a form and follow the redirect."""
        return Page(await self.http.post(path, data=data or {}, **options))

    async def press(self, page: Page, name: str, /, *, within: Tag | None = None, **typed: Any) -> Page:
        """Press a button: its form's fields as they stand, with what the user typed."""
        form = page.button(name, within).find_parent("form")
        assert form is not None, f"button {name!r} is in no form"
        data = form_fields(form) | typed
        action = str(form.get("action"))
        if form.get("method") == "post":
            return await self.submit(action, data)
        return await self.open(action, params=data)


def form_fields(form: Tag) -> dict[str, Any]:
    """What a browser would submit for an untouched form."""
    fields: dict[str, Any] = {}
    for element in form.find_all(["input", "select", "textarea"]):
        name = element.get("name")
        if not name or (element.get("type") in {"checkbox", "radio"} and not element.has_attr("checked")):
            continue
        if element.name == "select":
            options = element.find_all("option")
            chosen = [option for option in options if option.has_attr("selected")] or options[:1]
            fields[str(name)] = chosen[0].get("value", "") if chosen else ""
        elif element.name == "textarea":
            fields[str(name)] = element.get_text().removeprefix("\n")
        else:
            fields[str(name)] = element.get("value", "on" if element.get("type") == "checkbox" else "")
    return fields
