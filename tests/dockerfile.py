"""Reads a Dockerfile, and says what is wrong with it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Instruction:
    """One instruction. stage: 0 for the first FROM. text: arguments on one line, without the `--flags`."""

    stage: int
    word: str
    flags: tuple[str, ...]
    text: str


def read(source: str) -> list[Instruction]:
    """The instructions of a Dockerfile, comments and line continuations resolved."""
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[Instruction] = []
    stage = -1
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        flags, text = _flags(rest.strip())
        stage += word.upper() == "FROM"
        found.append(Instruction(stage, word.upper(), flags, text))
    return found


def graphserver_commands(instructions: list[Instruction]) -> list[str]:
    """The shell lines that build, install and start graphserver; they run in a copy of the repository root."""
    return [each.text for each in instructions if each.word == "RUN" and re.match(r"(python|graphserver) ", each.text)]


def complaints(instructions: list[Instruction]) -> list[str]:
    """What breaks a rule of the house; nothing for a good file."""
    return [complaint for rule in RULES for complaint in rule(instructions)]


def pinned_base(instructions: list[Instruction]) -> Iterator[str]:
    """A base image is named with its full version, so that a rebuild is a rebuild."""
    stages = {each.text.split()[-1] for each in _of(instructions, "FROM") if " AS " in each.text.upper()}
    for each in _of(instructions, "FROM"):
        image = each.text.split()[0]
        if image not in stages and not re.search(r":\d+\.\d+\.\d+|@sha256:", image):
            yield f"base image {image} is not pinned to a version"


def not_root(instructions: list[Instruction]) -> Iterator[str]:
    """The last stage ends as another user than root, by number (Kubernetes checks runAsNonRoot by number)."""
    last = instructions[-1].stage
    users = [each.text for each in _of(instructions, "USER") if each.stage == last]
    if not users or not re.fullmatch(r"[1-9]\d*(:\d+)?", users[-1]):
        yield f"runs as {users[-1] if users else 'root'}, expected a user number above 0"


def no_remote_add(instructions: list[Instruction]) -> Iterator[str]:
    """COPY copies; ADD also downloads and unpacks, unseen."""
    yield from (f"ADD {each.text}: use COPY" for each in _of(instructions, "ADD"))


def no_secrets(instructions: list[Instruction]) -> Iterator[str]:
    """What is in an ENV, ARG or RUN stays readable in the image."""
    for each in _of(instructions, "ENV", "ARG", "RUN"):
        if re.search(r"(password|passwd|secret|token|api_?key|://[^/\s]+@)", each.text, re.IGNORECASE):
            yield f"{each.word} {each.text}: looks like a secret"


def exec_form(instructions: list[Instruction]) -> Iterator[str]:
    """Without a shell in between, so that SIGTERM reaches the server."""
    for each in _of(instructions, "ENTRYPOINT", "CMD"):
        if not each.text.startswith("["):
            yield f"{each.word} {each.text}: expected the form with brackets"


def tells_its_door(instructions: list[Instruction]) -> Iterator[str]:
    """The port, the health check and the entry point are stated."""
    words = {each.word for each in instructions}
    yield from (f"{word} is missing" for word in ("EXPOSE", "HEALTHCHECK", "ENTRYPOINT") if word not in words)


def installs_before_user(instructions: list[Instruction]) -> Iterator[str]:
    """Whatever writes into the image does so as root, before the user changes."""
    for i, before in enumerate(instructions):
        for after in instructions[i:] if before.word == "USER" else []:
            if before.stage == after.stage and after.word in ("RUN", "COPY"):
                yield f"{after.word} {after.text}: stands after USER"


RULES: tuple[Callable[[list[Instruction]], Iterator[str]], ...] = (
    pinned_base,
    not_root,
    no_remote_add,
    no_secrets,
    exec_form,
    tells_its_door,
    installs_before_user,
)


def _of(instructions: list[Instruction], *words: str) -> list[Instruction]:
    return [each for each in instructions if each.word in words]


def _flags(rest: str) -> tuple[tuple[str, ...], str]:
    flags: list[str] = []
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        flags.append(flag)
        rest = rest.lstrip()
    return tuple(flags), rest
