"""What `q` finds."""

import pytest
from tests.backend.running.users import SignedIn
from tests.backend.tasks.calls import add, patch, titles

FOUND = [
    ("haus", "Haustür streichen"),
    ("tur", "die Tür ölen"),
    ("TÜR", "die Tür ölen"),
    ("strasse", "Straße fegen"),
    ("straße", "STRASSE fegen"),
    ("cafe", "Café mit Zoë"),
    ("café", "cafe"),
    ("会议", "明天的会议"),
    ("の会議", "明日の会議"),
    ("회의", "내일회의준비"),
    ("ประชุม", "วันนี้ประชุมทีม"),
    ("молоко", "Купить Молоко"),
    ("мол", "Купить молоко"),
    ("ё", "ежик"),
    ("हिन्दी", "हिन्दी सीखना"),
    ("🎉", "Party🎉"),
    ("👩‍💻", "call 👩‍💻 later"),
    ("c 100", "100 % c++"),
    ("50%", "save 50% now"),
    ("a_b", "the a_b file"),
    ("a\\b", "path a\\b"),
    ("two one", "one two three"),
    ("ﬁsh", "fish"),
    ("１２３", "call 123"),
    ("bücher", "Bu\u0308cher"),
    ("ΣΊΣΥΦΟΣ", "ο Σίσυφος"),
]
NOT_FOUND = [
    ("ilk", "buy milk"),
    ("тул", "стул"),
    ("か", "が"),
    ("one four", "one two three"),
    ("%", "anything"),
    ("_", "anything"),
    ("\\", "anything"),
    ("b_y", "buy milk"),
    ("b%y", "buy milk"),
    ("...", "what now..."),
]


@pytest.mark.parametrize(("query", "title"), FOUND)
async def test_finds(user: SignedIn, query: str, title: str) -> None:
    await add(user, "xyzzy")
    await add(user, title)
    assert await titles(user, q=query) == [title]


@pytest.mark.parametrize(("query", "title"), NOT_FOUND)
async def test_does_not_find(user: SignedIn, query: str, title: str) -> None:
    await add(user, title)
    assert await titles(user, q=query) == []


async def test_notes_and_labels_are_searched_too(user: SignedIn) -> None:
    await add(user, "one", notes="ask about the\nDachrinne")
    await add(user, "two", labels=["Garten"])
    assert await titles(user, q="dachr") == ["one"]
    assert await titles(user, q="gart") == ["two"]


async def test_words_may_be_found_in_different_places(user: SignedIn) -> None:
    await add(user, "Rinne", notes="am Dach", labels=["Haus"])
    assert await titles(user, q="haus dach rin") == ["Rinne"]


async def test_an_edit_changes_what_is_found(user: SignedIn) -> None:
    task = await add(user, "Milch")
    await patch(user, task, title="Brot")
    assert await titles(user, q="milch") == []
    assert await titles(user, q="brot") == ["Brot"]


async def test_an_empty_query_is_none(user: SignedIn) -> None:
    await add(user, "one")
    assert await titles(user, q="") == ["one"]
    assert await titles(user, q="  ") == ["one"]


async def test_done_and_deleted_tasks_are_found_where_one_looks_for_them(user: SignedIn) -> None:
    task = await add(user, "find me")
    await user.client.post(f"/api/v1/tasks/{task['id']}/complete")
    assert await titles(user, q="find") == []
    assert await titles(user, q="find", status="done") == ["find me"]
