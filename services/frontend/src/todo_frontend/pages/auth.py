"""Sign up, log in, log out."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.backend.dto import SignedIn
from todo_frontend.deps import Backend, Cookie, Form, forwarded_headers
from todo_frontend.forms import FormState, Submitted, rejected_form
from todo_frontend.pages.timezones import timezone_names
from todo_frontend.security.redirects import safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import ServiceError, UpstreamRejected

router = APIRouter()


@router.get("/signup")
async def show_sign_up(request: Request) -> Response:
    return _sign_up_page(request, FormState(), wanted=request.query_params.get("next"))


@router.post("/signup")
async def sign_up(form: Form, request: Request, backend: Backend, cookie: Cookie) -> Response:
    account = {
        "email": form.text("email"),
        "password": form.raw("password"),
        "timezone": form.text("timezone") or "UTC",
    }
    if form.text("name"):
        account["name"] = form.text("name")
    try:
        signed_in = await backend.sign_up(account, headers=forwarded_headers(request))
    except UpstreamRejected as error:
        if error.status == HTTPStatus.TOO_MANY_REQUESTS:
            return _sign_up_page(request, _throttled(error, form), wanted=form.text("next"), throttle=error)
        state = rejected_form(error, form)
        return _sign_up_page(request, state, wanted=form.text("next"), status=422)
    return _enter(cookie, signed_in, safe_next(form.text("next")))


@router.get("/login")
async def show_log_in(request: Request) -> Response:
    return _log_in_page(request, FormState(), wanted=request.query_params.get("next"))


@router.post("/login")
async def log_in(form: Form, request: Request, backend: Backend, cookie: Cookie) -> Response:
    wanted = form.text("next")
    headers = forwarded_headers(request)
    try:
        signed_in = await backend.log_in(
            email=form.text("email"), password=form.raw("password"), headers=headers
        )
    except UpstreamRejected as error:
        if error.status == HTTPStatus.TOO_MANY_REQUESTS:
            return _log_in_page(request, _throttled(error, form), wanted=wanted, throttle=error)
        if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY}:
            message = "This e-mail address and password do not match."
            return _log_in_page(request, FormState(form.values(), error=message), wanted=wanted, status=422)
        raise
    return _enter(cookie, signed_in, safe_next(wanted))


@router.post("/logout")
async def log_out(request: Request, backend: Backend, cookie: Cookie) -> Response:
    """End the session in the backend and in the browser, and in the latter even if the former is down."""
    token = cookie.read(request)
    response = see_other("/login", notice="logged_out")
    cookie.clear(response)
    if token is not None:
        try:
            await backend.signed_in(token).log_out()
        except ServiceError:
            return response
    return response


def _enter(cookie: Cookie, signed_in: SignedIn, target: str) -> Response:
    response = see_other(target)
    cookie.write(response, signed_in.session)
    return response


def _throttled(error: UpstreamRejected, form: Submitted) -> FormState:
    return FormState(form.values(), error=f"Too many attempts. Please try again {_in(error.retry_after)}.")


def _in(seconds: float | None) -> str:
    if seconds is None:
        return "in a moment"
    if seconds < 90:
        return f"in {max(1, round(seconds))} seconds"
    return f"in {round(seconds / 60)} minutes"


def _sign_up_page(
    request: Request,
    form: FormState,
    *,
    wanted: str | None,
    status: int = 200,
    throttle: UpstreamRejected | None = None,
) -> Response:
    response = page(
        request,
        "auth/signup.html",
        status=429 if throttle else status,
        form=form,
        next=safe_next(wanted),
        timezones=timezone_names(),
    )
    return _with_wait(response, throttle)


def _log_in_page(
    request: Request,
    form: FormState,
    *,
    wanted: str | None,
    status: int = 200,
    throttle: UpstreamRejected | None = None,
) -> Response:
    response = page(
        request, "auth/login.html", status=429 if throttle else status, form=form, next=safe_next(wanted)
    )
    return _with_wait(response, throttle)


def _with_wait(response: Response, throttle: UpstreamRejected | None) -> Response:
    if throttle and throttle.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(throttle.retry_after)))
    return response
