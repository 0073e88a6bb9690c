"""Text from outside (names in files and requests, other libraries' errors) before a person or a log sees it.

A name may hold anything: line breaks that forge a log line, codes that steer a terminal, marks that turn the writing.
"""


def printable(text: str) -> str:
    r"""The text with what is not printable, line breaks among it, as Python escapes: `\n`, `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def as_line(text: str) -> str:
    """The same, but with line breaks and runs of blanks as one blank each: for sentences."""
    return printable(" ".join(text.split()))
