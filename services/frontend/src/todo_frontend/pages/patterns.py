"""A live style guide at `/_patterns`, in development only: every component in one place."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.forms import FormState
from todo_frontend.templating import page

router = APIRouter()


@router.get("/_patterns")
async def patterns(request: Request) -> Response:
    form = FormState(
        {"good": "As typed", "on": True, "color": "purple"},
        {"bad": "Please use at most 500 characters."},
        "Something needs a look.",
    )
    return page(request, "patterns.html", form=form)
