"""Jinja, set up so that forgotten escapes and misspelt names cannot pass."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from todo_frontend import cards, formatting
from todo_frontend.assets import Assets
from todo_frontend.forms import FormState
from todo_frontend.notices import notice_of

TEMPLATES_DIR = Path(__file__).parent / "templates"


class Templates:
    """Renders pages and fragments of them."""

    def __init__(self, assets: Assets, *, reload: bool = False) -> None:
        self.env = Environment(
            loader=FileSystemLoader(TEMPLATES_DIR),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
        )
        self.env.globals.update(
            static=assets.url,
            icon=_icon_maker(assets),
            new_key=uuid4,
            empty_form=FormState(),
            priorities=formatting.PRIORITIES,
            colors=formatting.COLORS,
        )
        self.env.filters.update(
            short_date=formatting.short_date,
            long_date=formatting.long_date,
            relative_days=formatting.relative_days,
            clock=formatting.clock,
            local_time=formatting.local_time,
            local_date=formatting.local_date,
            field_name=formatting.field_name,
            browser=formatting.browser,
        )
        self.env.globals.update(
            change_value=cards.change_value,
            evidence_facts=cards.evidence_facts,
            seen=cards.fingerprint,
            snoozes=cards.SNOOZES,
            scopes=cards.SCOPES,
        )

    def render(self, name: str, **context: Any) -> str:
        return self.env.get_template(name).render(**context)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page. Every template gets the request's path, its address and the notice it carries."""
    templates: Templates = request.app.state.templates
    return HTMLResponse(templates.render(template, **(_common(request) | context)), status_code=status)


def _common(request: Request) -> dict[str, Any]:
    path, query = request.url.path, request.url.query
    return {
        "path": path,
        "here": f"{path}?{query}" if query else path,
        "notice": notice_of(request.query_params),
    }


def _icon_maker(assets: Assets) -> Callable[..., Markup]:
    drawn: dict[tuple[str, str, str], Markup] = {}

    def icon(name: str, extra: str = "") -> Markup:
        """A picture from the sprite; decorative, so hidden from assistive technology."""
        sprite = assets.url("icons.svg")
        key = (sprite, name, extra)
        if key not in drawn:  # a long list draws hundreds, of a few kinds
            drawn[key] = _DRAWING.format(f"icon {extra}".strip(), f"{sprite}#{name}")
        return drawn[key]

    return icon


_DRAWING = Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>')
