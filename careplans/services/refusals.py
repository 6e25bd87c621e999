"""How the services of assessments refuse (409)."""

from clinic.errors import RuleBroken


class Signed(RuleBroken):
    """It is signed: nothing of it changes any more."""

    code = "signed"


class ActionNeeded(RuleBroken):
    """A red flag stands, and nothing was done about it."""

    code = "red_flag_action"


class NotAsked(RuleBroken):
    """An emergency question of the disorder was not answered."""

    code = "unanswered"
