"""How the launcher says no."""


class Refused(Exception):
    """Why Tonus does not start, as one sentence for the person at the terminal. The launcher prints it and exits 1."""
