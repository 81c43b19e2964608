"""Why a file is not taken: one word each, worded for people in ``uploads.sniffing``."""


class Refusal(Exception):
    """The file is not taken; the argument is the word for why."""

    @property
    def reason(self) -> str:
        """The word."""
        return str(self.args[0])


class Damaged(Refusal):
    """The file does not keep what its first bytes promise; the argument says where, to us."""

    @property
    def reason(self) -> str:
        """The word: people get no lecture on formats."""
        return "damaged"
