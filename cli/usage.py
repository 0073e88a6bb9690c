"""How every verb reads its command line: argparse, but an error is an exception and names the nearest flag."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from ..server.settings_sources import refuse_flag


class UsageError(Exception):
    """The command line cannot be understood."""


class Parser(ArgumentParser):
    """An ArgumentParser that neither guesses abbreviations nor ends the process on an error."""

    def __init__(self, prog: str, description: str, epilog: str = "", add_help: bool = True) -> None:
        super().__init__(
            prog,
            description=description,
            epilog=epilog,
            formatter_class=partial(RawDescriptionHelpFormatter, max_help_position=28),
            allow_abbrev=False,
            add_help=add_help,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError in place of printing and exiting."""
        raise UsageError(message)

    def read(self, argv: Sequence[str]) -> Namespace:
        """Parse `argv`; flags and positionals may come in any order. Raises UsageError or SettingsError."""
        self._refuse_unknown(argv)
        return self.parse_intermixed_args(argv)

    def _refuse_unknown(self, argv: Sequence[str]) -> None:
        """Before argparse does, and with the nearest flag that there is."""
        known = self._option_string_actions
        for word in argv:
            if word == "--":
                return
            flag = word.partition("=")[0]
            if flag.startswith("--") and flag not in known:
                raise refuse_flag(flag, [name for name in known if name.startswith("--")])
