"""Request ids and traces, parsed, made and bound."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todo_kit.request_context import (
    bind_request_context,
    current_request_id,
    current_traceparent,
    is_valid_request_id,
    new_request_id,
    next_trace,
    parse_traceparent,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.mark.parametrize("value", ["a" * 8, "a" * 128, "Req_1.2-3", pytest.param(new_request_id(), id="new")])
def test_valid_request_ids(value: str) -> None:
    assert is_valid_request_id(value)


@pytest.mark.parametrize(
    "value", ["", "a" * 7, "a" * 129, "abcdefgh\n", "abc defgh", "äbcdefgh", "a/bcdefgh"]
)
def test_invalid_request_ids(value: str) -> None:
    assert not is_valid_request_id(value)


def test_a_trace_goes_on_with_a_span_of_its_own() -> None:
    mine = next_trace(f"00-{TRACE}-{SPAN}-00")

    assert mine.trace_id == TRACE
    assert mine.span_id != SPAN
    assert mine.flags == "00"
    assert parse_traceparent(mine.traceparent) == mine


@pytest.mark.parametrize(
    "value",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_an_invalid_traceparent_starts_a_new_trace(value: str) -> None:
    assert parse_traceparent(value) is None
    assert next_trace(value).trace_id != TRACE


def test_a_later_version_is_read_as_far_as_we_know_it() -> None:
    found = parse_traceparent(f"01-{TRACE}-{SPAN}-03-something-new")

    assert found is not None
    assert (found.trace_id, found.flags) == (TRACE, "01")


@given(st.text())
def test_no_header_makes_the_parser_fail(value: str) -> None:
    assert parse_traceparent(next_trace(value).traceparent) is not None


async def test_background_work_is_bound_for_its_own_duration_only() -> None:
    async def seen() -> tuple[str | None, str | None]:
        return current_request_id(), current_traceparent()

    with bind_request_context(request_id="sweep-000001", traceparent=f"00-{TRACE}-{SPAN}-01") as chosen:
        request_id, traceparent = await asyncio.create_task(seen())
        in_thread = await asyncio.to_thread(current_request_id)

    assert chosen == request_id == in_thread == "sweep-000001"
    assert traceparent is not None
    assert traceparent.split("-")[1] == TRACE
    assert await seen() == (None, None)


def test_a_bad_id_is_replaced() -> None:
    with bind_request_context(request_id="bad\nid") as chosen:
        assert is_valid_request_id(chosen)
