"""How much the agents may say."""

MAX_OPEN = 5
"""Cards that wait for the user at the same time; snoozed ones do not."""

MAX_PER_HOUR = 10
"""New cards in any rolling hour, whatever became of them."""

LIFETIME_DAYS = 7
"""A card that nobody decides on expires; a snoozed one this long after it has come back."""

UNDO_HOURS = 24

DISMISSALS_TO_BACK_OFF = 3
"""Dismissals of one rule in a row that make it stay quiet for a day, and each further one twice as long."""

MAX_BACK_OFF_DAYS = 30

MAX_EVIDENCE_BYTES = 8_192
MAX_CHANGES = 25
MAX_SNOOZE_DAYS = 366
