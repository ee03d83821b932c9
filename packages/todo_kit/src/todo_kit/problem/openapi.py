"""Problem documents in the OpenAPI description."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from todo_kit.problem.errors import MEDIA_TYPE, BodyTooLarge, Problem, ProblemError


def problem_responses(*errors: type[ProblemError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may answer with `errors`."""
    by_status: dict[int, list[type[ProblemError]]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error)
    return {
        status: {
            "model": Problem,
            "description": "; ".join(f"{kind.title} (`{kind.code}`)" for kind in kinds),
        }
        for status, kinds in sorted(by_status.items())
    }


def install_problem_openapi(app: FastAPI) -> None:
    """Describe errors as what they are: `application/problem+json` of the `Problem` schema, also for 422.

    Every route with a body gets 400 (what cannot even be decoded) and 413 without saying so.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
                servers=app.servers,
            )
            app.openapi_schema = _with_problems(schema)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema


_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_BODY_PROBLEMS = {
    "400": {"description": "The body cannot be decoded (`bad_request`)", "content": _CONTENT},
    "413": {"description": f"{BodyTooLarge.title} (`{BodyTooLarge.code}`)", "content": _CONTENT},
}


def _with_problems(schema: dict[str, Any]) -> dict[str, Any]:
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            if "requestBody" in operation:
                operation["responses"] = _BODY_PROBLEMS | operation["responses"]
            for status, response in operation.get("responses", {}).items():
                content = response.get("content", {})
                reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
                if reference.endswith(("/Problem", "/HTTPValidationError")):
                    response["content"] = _CONTENT
                    if status == "422" and reference.endswith("/HTTPValidationError"):
                        response["description"] = "The input is not valid (`validation_failed`)"
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(described.pop("$defs", {}))
    schemas["Problem"] = described
    return schema
