"""Two editors on one task: a model, and races that have to look like one order or the other."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.backend.running.users import SignedIn
from tests.faults.platform import Platform
from tests.faults.running import Counts, main

Basis = Literal["seen", "anything"]

_FIELDS: dict[str, list[Any]] = {
    "title": ["Alpha", "Beta"],
    "notes": ["", "x", "y"],
    "priority": ["p1", "p2", "p4"],
    "due_date": [None, "2030-01-02", "2031-03-04"],
}
_patches = st.dictionaries(st.sampled_from(sorted(_FIELDS)), st.integers(0, 2), min_size=1, max_size=3).map(
    lambda chosen: {name: _FIELDS[name][value % len(_FIELDS[name])] for name, value in chosen.items()}
)
_bases: st.SearchStrategy[Basis] = st.sampled_from(["seen", "anything"])
_editors = st.sampled_from([0, 1])


@dataclass(frozen=True)
class Model:
    """What the task has to be."""

    version: int
    fields: dict[str, Any]

    def patched(self, edit: "Edit") -> tuple["Model", int]:
        """The task after the edit, and the status of its answer."""
        if edit.if_match is not None and edit.if_match != self.version:
            return self, 412
        fields = self.fields | edit.patch
        if fields == self.fields:
            return self, 200
        return Model(self.version + 1, fields), 200


@dataclass(frozen=True)
class Edit:
    """A PATCH, with the version that its editor has seen unless the editor does not care."""

    patch: dict[str, Any]
    if_match: int | None


class TwoEditors(RuleBasedStateMachine):
    """Each editor knows the version that it saw last. One task and fresh knowledge for each run."""

    def __init__(
        self,
        user: SignedIn,
        wait_for: Callable[[Coroutine[Any, Any, Any]], Any],
        counts: Counter[str],
    ) -> None:
        super().__init__()
        self._client = user.client
        self._wait_for = wait_for
        self._counts = counts

    @initialize()
    def new_task(self) -> None:
        answer = self._wait_for(self._client.post("/api/v1/tasks", json={"title": "Alpha"}))
        self._path = f"/api/v1/tasks/{answer.json()['id']}"
        self._model = self._state(answer)
        self._seen = [self._model.version, self._model.version]

    @rule(editor=_editors)
    def read(self, editor: int) -> None:
        self._seen[editor] = self._state(self._wait_for(self._client.get(self._path))).version

    @rule(editor=_editors, patch=_patches, basis=_bases)
    def edit(self, editor: int, patch: dict[str, Any], basis: Basis) -> None:
        edit = self._edit(editor, patch, basis)
        answer = self._wait_for(self._send(edit))
        self._model, status = self._model.patched(edit)
        assert answer.status_code == status
        self._learn(editor, answer, self._model)
        self._counts["edits alone"] += 1

    @rule(patches=st.tuples(_patches, _patches), bases=st.tuples(_bases, _bases))
    def edit_at_once(
        self, patches: tuple[dict[str, Any], dict[str, Any]], bases: tuple[Basis, Basis]
    ) -> None:
        edits = [self._edit(editor, patches[editor], bases[editor]) for editor in (0, 1)]
        answers = self._wait_for(_both(*map(self._send, edits)))
        for first in (0, 1):
            second = 1 - first
            between, first_status = self._model.patched(edits[first])
            after, second_status = between.patched(edits[second])
            expected = {first: (first_status, between), second: (second_status, after)}
            if all(_explains(*expected[editor], answers[editor]) for editor in (0, 1)):
                break
        else:
            raise AssertionError(f"no order explains {[answer.text for answer in answers]}")
        self._model = after
        for editor in (0, 1):
            self._learn(editor, answers[editor], expected[editor][1])
        self._counts["races"] += 1
        self._counts["races with one 412"] += sorted(a.status_code for a in answers) == [200, 412]
        self._counts["races with two 412"] += all(a.status_code == 412 for a in answers)

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "_path"):
            assert self._state(self._wait_for(self._client.get(self._path))) == self._model

    def _edit(self, editor: int, patch: dict[str, Any], basis: Basis) -> Edit:
        return Edit(patch, self._seen[editor] if basis == "seen" else None)

    async def _send(self, edit: Edit) -> httpx.Response:
        headers = {} if edit.if_match is None else {"If-Match": f'"{edit.if_match}"'}
        return await self._client.patch(self._path, json=edit.patch, headers=headers)

    def _learn(self, editor: int, answer: httpx.Response, model: Model) -> None:
        """A refused editor learns the version from the answer and nothing else."""
        assert answer.headers["ETag"] == f'"{model.version}"'
        self._seen[editor] = model.version

    @staticmethod
    def _state(answer: httpx.Response) -> Model:
        assert answer.is_success, answer.text
        task = answer.json()
        assert answer.headers["ETag"] == f'"{task["version"]}"'
        return Model(task["version"], {name: task[name] for name in _FIELDS})


def _explains(status: int, model: Model, answer: httpx.Response) -> bool:
    if answer.status_code != status or answer.headers["ETag"] != f'"{model.version}"':
        return False
    return status == 412 or TwoEditors._state(answer) == model


async def _both(
    first: Coroutine[Any, Any, httpx.Response], second: Coroutine[Any, Any, httpx.Response]
) -> list[httpx.Response]:
    return list(await asyncio.gather(first, second))


async def run(platform: Platform, *, examples: int = 1500, steps: int = 12, at_once: int = 4) -> Counts:
    """`examples` runs of the machine for each of `at_once` machines side by side."""
    counts: Counter[str] = Counter()
    loop = asyncio.get_running_loop()

    def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    users = [await platform.new_user() for _ in range(at_once)]

    def drive(user: SignedIn) -> None:
        def machine() -> TwoEditors:
            return TwoEditors(user, wait_for, counts)

        run_state_machine_as_test(machine, settings=wanted)  # type: ignore[arg-type]  # a factory will do

    await asyncio.gather(*(asyncio.to_thread(drive, user) for user in users))
    return {"machines side by side": at_once, "runs": at_once * examples, **dict(counts)}


if __name__ == "__main__":
    main(run)
