"""The words that quick add knows, English and German. All keys are in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS = {
    **dict.fromkeys(("january", "jan", "januar", "jänner"), 1),
    **dict.fromkeys(("february", "feb", "februar"), 2),
    **dict.fromkeys(("march", "mar", "märz", "mär", "mrz"), 3),
    **dict.fromkeys(("april", "apr"), 4),
    **dict.fromkeys(("may", "mai"), 5),
    **dict.fromkeys(("june", "jun", "juni"), 6),
    **dict.fromkeys(("july", "jul", "juli"), 7),
    **dict.fromkeys(("august", "aug"), 8),
    **dict.fromkeys(("september", "sept", "sep"), 9),
    **dict.fromkeys(("october", "oct", "oktober", "okt"), 10),
    **dict.fromkeys(("november", "nov"), 11),
    **dict.fromkeys(("december", "dec", "dezember", "dez"), 12),
}

WEEKDAYS = {
    **dict.fromkeys(("monday", "montag"), 0),
    **dict.fromkeys(("tuesday", "dienstag"), 1),
    **dict.fromkeys(("wednesday", "mittwoch"), 2),
    **dict.fromkeys(("thursday", "donnerstag"), 3),
    **dict.fromkeys(("friday", "freitag"), 4),
    **dict.fromkeys(("saturday", "samstag", "sonnabend"), 5),
    **dict.fromkeys(("sunday", "sonntag"), 6),
}

# Also ordinary words ("sun cream", "sat down", German "do" and "so"): they count only beside something that
# makes them a day.
SHORT_WEEKDAYS = {
    **dict.fromkeys(("mon", "mo"), 0),
    **dict.fromkeys(("tue", "tues", "di"), 1),
    **dict.fromkeys(("wed", "weds", "mi"), 2),
    **dict.fromkeys(("thu", "thur", "thurs", "do"), 3),
    **dict.fromkeys(("fri", "fr"), 4),
    **dict.fromkeys(("sat", "sa"), 5),
    **dict.fromkeys(("sun", "so"), 6),
}

ALL_WEEKDAYS = WEEKDAYS | SHORT_WEEKDAYS

ENGLISH_PLURAL_WEEKDAYS = {day + "s": number for day, number in WEEKDAYS.items() if day.endswith("day")}
GERMAN_PLURAL_WEEKDAYS = {day + "s": number for day, number in WEEKDAYS.items() if not day.endswith("day")}
LISTED_WEEKDAYS = ALL_WEEKDAYS | ENGLISH_PLURAL_WEEKDAYS | GERMAN_PLURAL_WEEKDAYS

# Before "so", "do", "sat" and "sun" these speak for the ordinary word: "things to do", "I think so".
NOT_BEFORE_SHORT_WEEKDAY = _words(
    "to the a an i you we they he she it and or think can must will should not never what how who was is"
    " ich du wir sie er es und oder das nur wie hope said did done doing dont don't my your in of with"
)

DAY_OFFSETS = {
    **dict.fromkeys(("today", "heute"), 0),
    **dict.fromkeys(("tomorrow", "tmr", "tmrw", "tomorow", "tommorow", "tommorrow", "morgen"), 1),
    **dict.fromkeys(("übermorgen", "uebermorgen"), 2),
    **dict.fromkeys(("yesterday", "gestern"), -1),
}

NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "ein", "eine", "einem", "einer", "einen"), 1),
    **dict.fromkeys(("two", "zwei"), 2),
    **dict.fromkeys(("three", "drei"), 3),
    **dict.fromkeys(("four", "vier"), 4),
    **dict.fromkeys(("five", "fünf", "fuenf"), 5),
    **dict.fromkeys(("six", "sechs"), 6),
    **dict.fromkeys(("seven", "sieben"), 7),
    **dict.fromkeys(("eight", "acht"), 8),
    **dict.fromkeys(("nine", "neun"), 9),
    **dict.fromkeys(("ten", "zehn"), 10),
    **dict.fromkeys(("eleven", "elf"), 11),
    **dict.fromkeys(("twelve", "zwölf", "zwoelf"), 12),
}

UNITS = {
    **dict.fromkeys(("minute", "minutes", "min", "mins", "minuten"), "minute"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "stunde", "stunden", "std"), "hour"),
    **dict.fromkeys(("day", "days", "tag", "tage", "tagen"), "day"),
    **dict.fromkeys(("week", "weeks", "woche", "wochen"), "week"),
    **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
    **dict.fromkeys(("month", "months", "monat", "monate", "monaten"), "month"),
    **dict.fromkeys(("quarter", "quarters", "quartal", "quartale", "quartalen"), "quarter"),
    **dict.fromkeys(("year", "years", "jahr", "jahre", "jahren"), "year"),
}
SHORT_UNITS = {"m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}

# Hours of the day. Those of the English words are Todoist's, so that people who come from there find what
# they expect; what is not a clock time is told in words beside it.
DAY_PARTS = {
    **dict.fromkeys(("morning", "mornings", "morgens", "früh", "frueh", "vormittag", "vormittags"), 9),
    **dict.fromkeys(("noon", "midday", "mittag", "mittags", "lunchtime"), 12),
    **dict.fromkeys(("afternoon", "afternoons", "nachmittag", "nachmittags"), 15),
    **dict.fromkeys(("evening", "evenings", "abend", "abends"), 19),
    **dict.fromkeys(("night", "nights", "nacht", "nachts"), 22),
    **dict.fromkeys(("midnight", "mitternacht"), 0),
}
FIXED_DAY_PARTS = frozenset(("noon", "midday", "midnight", "mittags", "mitternacht"))
"""Day parts that name one instant, so they stand without a date more easily: "lunch noon"."""

ORDINAL_WORDS = {
    **dict.fromkeys(("first", "ersten", "erster", "erste", "erstes"), 1),
    **dict.fromkeys(("second", "zweiten", "zweiter", "zweite", "zweites"), 2),
    **dict.fromkeys(("third", "dritten", "dritter", "dritte", "drittes"), 3),
    **dict.fromkeys(("fourth", "vierten", "vierter", "vierte", "viertes"), 4),
    **dict.fromkeys(("fifth", "fünften", "fünfter"), 5),
    **dict.fromkeys(("last", "letzten", "letzter", "letzte", "letztes"), -1),
}
GERMAN_SECOND = frozenset(("zweiten", "zweiter", "zweite", "zweites"))

EVERY = frozenset(("every", "ev", "each", "jeden", "jede", "jedes", "jeder", "alle"))
OTHER = frozenset(("other", "alternate"))

WORKDAYS = frozenset(
    ("weekday", "weekdays", "workday", "workdays", "werktag", "arbeitstag", "werktage", "arbeitstage")
)
WEEKEND = frozenset(("weekend", "weekends", "wochenende"))

NEXT = frozenset(
    ("next", "nächsten", "nächste", "nächster", "nächstes", "nächstem", "naechsten", "naechste", "naechstes")
)
COMING = frozenset(("coming", "upcoming", "kommenden", "kommende", "kommender", "kommendes"))
THIS = frozenset(("this", "diesen", "diese", "dieser", "dieses", "diesem"))

ENDS = {
    "eod": "day",
    "eow": "week",
    "eom": "month",
    "eoy": "year",
    "monatsende": "month",
    "jahresende": "year",
}

# Words directly before a match that belong to it.
DAY_LEADS = _words("on by due until till for am bis zum den der dem ab starting from")
NEAR_LEADS = _words("by due until till for bis ab starting")
TIME_LEADS = _words("at by due until till um bis gegen ab @")
REPEAT_LEADS = frozenset(("due",))

ALL_WORDS = _words(
    "in the of day after end ende tonight half quarter viertel halb past to nach vor daily weekly monthly"
    " yearly annually hourly biweekly fortnightly quarterly täglich taeglich wöchentlich woechentlich"
    " monatlich"
    " jährlich jaehrlich stündlich vierteljährlich werktags wochenends uhr o'clock utc gmt pm and und"
).union(
    *(MONTHS, LISTED_WEEKDAYS, DAY_OFFSETS, NUMBERS, UNITS, DAY_PARTS, ORDINAL_WORDS, ENDS),
    *(EVERY, OTHER, WORKDAYS, WEEKEND, NEXT, COMING, THIS, DAY_LEADS, NEAR_LEADS, TIME_LEADS),
)
"""Every word that can be part of something understood: a title without any of them needs no quotes."""
