"""What the kit's tests share: an app with every kind of route, and clients for it."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field, SecretStr
from starlette.exceptions import HTTPException

from todo_kit.app import create_service_app
from todo_kit.problem import ProblemError, RateLimited, Unauthorized, problem_responses
from todo_kit.settings import ServiceSettings


class TeapotError(ProblemError):
    status = 418
    code = "teapot"
    title = "I am a teapot"


class NewTask(BaseModel):
    title: str = Field(max_length=10)
    password: SecretStr | None = None


def sample_router() -> APIRouter:
    """Routes two routers deep, as services have them."""
    tasks = APIRouter(prefix="/tasks")

    @tasks.get("/{task_id}", responses=problem_responses(TeapotError, Unauthorized))
    async def read(task_id: int) -> dict[str, int]:
        return {"id": task_id}

    @tasks.post("")
    async def create(task: NewTask) -> dict[str, str]:
        return {"title": task.title}

    @tasks.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"length": len(await request.body())}

    @tasks.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise {
            "problem": TeapotError("Short and stout.", extensions={"spout": True}, headers={"X-Pot": "1"}),
            "rate": RateLimited(retry_after=2.1),
            "auth": Unauthorized(),
            "http": HTTPException(409, "Twice"),
            "bug": RuntimeError("the secret is hunter2"),
        }[how]

    outer = APIRouter(prefix="/api/v1")
    outer.include_router(tasks)
    return outer


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine that runs the tests must not show through."""
    for name in ("SECRETS_DIR", *(field.upper() for field in ServiceSettings.model_fields)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app() -> FastAPI:
    made = create_service_app(service="sample", settings=ServiceSettings())
    made.include_router(sample_router())
    return made


@pytest.fixture
def client_of() -> Callable[[FastAPI], httpx.AsyncClient]:
    def make(app: FastAPI) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sample")

    return make


@pytest.fixture
async def client(
    app: FastAPI, client_of: Callable[[FastAPI], httpx.AsyncClient]
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as made:
        yield made


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Put the root logger back as it was after a test that configures logging."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    flags = (logging.logThreads, logging.logProcesses, logging.logMultiprocessing)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.logThreads, logging.logProcesses, logging.logMultiprocessing = flags
