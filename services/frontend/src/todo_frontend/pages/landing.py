"""The front door, for people who are not signed in. It asks the backend for nothing."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.deps import Cookie
from todo_frontend.templating import page

router = APIRouter()


@router.get("/")
async def landing(request: Request, cookie: Cookie) -> Response:
    return page(request, "landing.html", signed_in=cookie.read(request) is not None)
