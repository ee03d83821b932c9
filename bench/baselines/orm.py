"""The same list the ordinary way: FastAPI, an ORM session per request, a dependency for the user, a response
model. What most projects of this kind do, and so the thing to be faster than."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from todo_backend.accounts.models import Session, User
from todo_backend.tasks.models import Task

app = FastAPI()
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=10
)
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


class TaskRead(BaseModel):
    """The product's task, from attributes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    notes: str
    status: str
    priority: str
    due_date: date | None
    due_time: time | None
    due_timezone: str | None
    overdue_at: datetime | None
    project_id: UUID | None
    labels: list[str]
    position: float
    version: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    deleted_at: datetime | None


class Page(BaseModel):
    """The product's page of tasks."""

    items: list[TaskRead]
    next_cursor: str | None


async def get_session() -> AsyncIterator[AsyncSession]:
    """A session per request."""
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def current_user(
    session: SessionDep, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
) -> User:
    """The user of the bearer token."""
    digest = sha256(bearer.credentials.encode()).digest()
    found = (await session.exec(select(Session).where(Session.token_hash == digest))).one_or_none()
    if found is None or found.expires_at < datetime.now(UTC):
        raise HTTPException(401)
    user = await session.get(User, found.user_id)
    if user is None:
        raise HTTPException(401)
    return user


@app.get("/ready")
async def ready() -> dict[str, str]:
    """For the waiting benchmark."""
    return {"status": "ready"}


@app.get("/api/v1/tasks")
async def list_tasks(
    session: SessionDep, user: Annotated[User, Depends(current_user)], limit: int = 50
) -> Page:
    """Open tasks in their order."""
    query = select(Task).where(Task.user_id == user.id, Task.status == "open", col(Task.deleted_at).is_(None))
    rows = (await session.exec(query.order_by(col(Task.position), col(Task.id)).limit(limit))).all()
    return Page(items=[TaskRead.model_validate(row) for row in rows], next_cursor=None)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        access_log=False,
        log_level="warning",
        loop="uvloop",
        http="httptools",
    )
