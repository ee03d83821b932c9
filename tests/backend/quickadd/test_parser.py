"""Spans and words of what was understood, parts taken back, and projects that exist or not."""

from datetime import datetime
from zoneinfo import ZoneInfo

from todo_backend.quickadd.draft import Draft
from todo_backend.quickadd.parser import parse

_BERLIN = ZoneInfo("Europe/Berlin")
_NOW = datetime(2026, 11, 21, 13, 19, tzinfo=_BERLIN)


def _parts(draft: Draft) -> list[tuple[str, str, str]]:
    return [(part.text, part.kind, part.says) for part in draft.understood]


def test_every_part_has_its_place_and_its_meaning() -> None:
    draft = parse("pay rent tomorrow at 5pm p1 #home @bills", now=_NOW, zone=_BERLIN)
    assert _parts(draft) == [
        ("tomorrow", "date", "Sun 22 Nov 2026"),
        ("at 5pm", "time", "17:00"),
        ("p1", "priority", "priority 1"),
        ("#home", "project", "project home"),
        ("@bills", "label", "label bills"),
    ]
    assert [part.value for part in draft.understood] == ["2026-11-22", "17:00", "p1", "home", "bills"]


def test_words_that_lead_to_a_date_belong_to_it() -> None:
    draft = parse("Bericht bis zum Freitag schreiben", now=_NOW, zone=_BERLIN)
    assert _parts(draft) == [("bis zum Freitag", "date", "Fri 27 Nov 2026")]


def test_spans_count_code_points_of_the_text_as_given() -> None:
    draft = parse("  🎉 İstanbul  tomorrow", now=_NOW, zone=_BERLIN)
    assert (draft.title, draft.understood[0].start, draft.understood[0].text) == (
        "🎉 İstanbul",
        14,
        "tomorrow",
    )


def test_a_part_taken_back_stays_in_the_title_and_the_one_before_counts() -> None:
    text = "prepare monday talk by tomorrow"
    part = parse(text, now=_NOW, zone=_BERLIN).understood[0]
    again = parse(text, now=_NOW, zone=_BERLIN, ignore=frozenset([(part.start, part.end)]))
    assert again.title == "prepare talk by tomorrow"
    assert _parts(again) == [("monday", "date", "Mon 23 Nov 2026")]


def test_a_project_that_does_not_exist_stays_a_word_and_is_remarked() -> None:
    draft = parse("paint #home and #Garden", now=_NOW, zone=_BERLIN, projects={"home": "Home"})
    assert (draft.title, draft.project) == ("paint and #Garden", "Home")
    assert draft.remarks == ("There is no project “Garden”; the words stay in the title.",)


def test_labels_beyond_twenty_stay_in_the_title() -> None:
    names = [f"label{number}" for number in range(22)]
    text = " ".join(["x", *(f"@l{chr(97 + index)}" for index in range(len(names)))])
    draft = parse(text, now=_NOW, zone=_BERLIN)
    assert (len(draft.labels), draft.title) == (20, "x @lu @lv")
