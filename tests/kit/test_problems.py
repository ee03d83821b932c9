"""Errors: one shape for all of them, and nothing in it that should not be."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from todo_kit.problem import Problem

JSON = {"Content-Type": "application/json"}

CASES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "problem": ("GET", "/api/v1/tasks/fail/problem", {}, 418, "teapot"),
    "rate limit": ("GET", "/api/v1/tasks/fail/rate", {}, 429, "rate_limited"),
    "unauthorized": ("GET", "/api/v1/tasks/fail/auth", {}, 401, "unauthorized"),
    "http exception": ("GET", "/api/v1/tasks/fail/http", {}, 409, "conflict"),
    "bug": ("GET", "/api/v1/tasks/fail/bug", {}, 500, "internal_error"),
    "unknown path": ("GET", "/nowhere", {}, 404, "not_found"),
    "wrong method": ("PUT", "/api/v1/tasks/1", {}, 405, "method_not_allowed"),
    "bad path": ("GET", "/api/v1/tasks/one", {}, 422, "validation_failed"),
    "bad body": ("POST", "/api/v1/tasks", {"json": {"title": "x" * 11}}, 422, "validation_failed"),
    "no body": ("POST", "/api/v1/tasks", {}, 422, "validation_failed"),
    "no json": ("POST", "/api/v1/tasks", {"content": b"{", "headers": JSON}, 422, "invalid_json"),
    "no utf-8": ("POST", "/api/v1/tasks", {"content": b'{"a":"\xff"}', "headers": JSON}, 400, "bad_request"),
    "surrogate": (
        "POST",
        "/api/v1/tasks",
        {"content": b'{"title":["\\ud800"],"\\ud800":1}', "headers": JSON},
        422,
        "validation_failed",
    ),
    "large body": ("POST", "/api/v1/tasks", {"content": b"x" * 2_000_000}, 413, "body_too_large"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_every_error_is_a_problem_document(
    client: httpx.AsyncClient, case: tuple[str, str, dict[str, Any], int, str]
) -> None:
    method, path, arguments, status, code = case

    answer = await client.request(method, path, **arguments)

    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.status, problem.code) == (status, status, code)
    assert problem.type == f"urn:todo-chatbot:problem:{code}"
    assert problem.title
    assert problem.detail
    assert problem.request_id == answer.headers["X-Request-ID"]


async def test_a_problem_brings_its_own_members_and_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/fail/problem")

    assert answer.json()["detail"] == "Short and stout."
    assert answer.json()["spout"] is True
    assert answer.headers["X-Pot"] == "1"


async def test_retry_after_is_whole_seconds_rounded_up(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/fail/rate")

    assert answer.headers["Retry-After"] == "3"


async def test_unauthorized_names_the_scheme(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/fail/auth")

    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_wrong_methods_learn_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/tasks/1")

    assert answer.headers["Allow"] == "GET"


async def test_a_bug_is_not_shown(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/fail/bug")

    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


async def test_wrong_fields_are_named_and_their_values_are_not(client: httpx.AsyncClient) -> None:
    body = {"title": "far too long a title", "password": {"hunter2": "hunter3"}}

    answer = await client.post("/api/v1/tasks", json=body)

    assert answer.json()["errors"] == [
        {
            "field": "body.title",
            "message": "String should have at most 10 characters",
            "code": "string_too_long",
        },
        {"field": "body.password", "message": "Input should be a valid string", "code": "string_type"},
    ]
    assert "far too long" not in answer.text
    assert "hunter" not in answer.text


def test_openapi_describes_errors_as_problems(app: FastAPI) -> None:
    schema = app.openapi()

    responses = schema["paths"]["/api/v1/tasks/{task_id}"]["get"]["responses"]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert responses["418"] == {"description": "I am a teapot (`teapot`)", "content": problem}
    assert responses["401"]["content"] == problem
    assert responses["422"]["content"] == problem
    assert responses["200"]["content"].keys() == {"application/json"}
    assert {"Problem", "FieldError"} <= schema["components"]["schemas"].keys()
    assert "HTTPValidationError" not in schema["components"]["schemas"]
