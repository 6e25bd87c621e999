# One way to write dates and times on every page: "Mon 23 Nov 2026", 24-hour clock.
DATE_FORMAT = "D j M Y"
SHORT_DATE_FORMAT = "D j M"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i"
SHORT_DATETIME_FORMAT = "D j M, H:i"
FIRST_DAY_OF_WEEK = 1
