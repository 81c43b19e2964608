"""What of a text may stand in a header."""


def one_line(text: str) -> str:
    """Return a text as one line of signs that can be seen.

    Names and hashtags come from anybody: a line end could begin another header, and a sign that
    turns the direction of writing could make a subject read as another one.
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    spaced = " ".join(text.split())
    return " ".join("".join(sign for sign in spaced if sign.isprintable()).split())
