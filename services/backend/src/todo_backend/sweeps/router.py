"""Work for the agents. Only the agent's own token opens these routes."""

from uuid import UUID

from fastapi import APIRouter, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import SettingsDep, SweepClaimer, SystemSessionDep
from todo_backend.sweeps import service
from todo_backend.sweeps.errors import StaleFence
from todo_backend.sweeps.schemas import AgentName, Claim, ClaimRequest, Completion, Release
from todo_kit.problem import Overloaded, Unauthorized, problem_responses

router = APIRouter(
    prefix="/sweeps",
    tags=["sweeps"],
    responses=problem_responses(Unauthorized, InsufficientScope, Overloaded),
)


@router.post("/claim", response_class=Response, responses={200: {"model": Claim}})
async def claim(
    wanted: ClaimRequest, _caller: SweepClaimer, session: SystemSessionDep, settings: SettingsDep
) -> Response:
    """Lease users who are due, each with a snapshot of what there is to look at."""
    leases = await service.claim(
        session, worker=wanted.worker, limit=wanted.limit, lease_seconds=settings.sweep_lease_seconds
    )
    return Response(leases, media_type="application/json")


@router.post("/{user_id}/{agent}/complete", status_code=204, responses=problem_responses(StaleFence))
async def complete(
    user_id: UUID, agent: AgentName, done: Completion, _caller: SweepClaimer, session: SystemSessionDep
) -> None:
    """Give a lease back, done."""
    await service.complete(session, user_id, agent, fence=done.fence, next_due_at=done.next_due_at)


@router.post("/{user_id}/{agent}/release", status_code=204, responses=problem_responses(StaleFence))
async def release(
    user_id: UUID, agent: AgentName, given: Release, _caller: SweepClaimer, session: SystemSessionDep
) -> None:
    """Give a lease back, not done, so that another worker can have it at once."""
    await service.release(session, user_id, agent, fence=given.fence)
