"""What each code means, in the words of the user: a text, a wrong example and a right one.

They stand in one Markdown file a code, read when somebody asks and never before. A file is the text, then fenced blocks whose info string says
what they are: ``python wrong``, ``python right``, ``toml both pyproject.toml``, ``console wrong``. A block without a file name is ``flow.py``; ``both``
belongs to either example. A console block is what to type; without one, the files are checked (for their target, where the code is a target's).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec

from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.model import Code, InternalError
from dagwright_compiler.diagnostics.suggestions import nearest

FOLDER = Path(__file__).with_name("explained")
DEFAULT_FILE = "flow.py"
CONSOLE = "console"
Role = Literal["wrong", "right"]
_LEAST_WORD = 3
"""Letters of a word that is looked for in titles."""
_FENCE = re.compile(
    r"^```(?P<language>python|toml|console) (?P<role>wrong|right|both)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(msgspec.Struct, frozen=True):
    """A fenced block: a file by its ``name``, or what is typed (``language`` is then ``console``, ``name`` empty)."""

    language: str
    name: str
    text: str


class Explanation(msgspec.Struct, frozen=True):
    """The page of one code. Examples are empty where no text of reasonable size shows the code."""

    code: Code
    text: str
    wrong: tuple[Block, ...]
    right: tuple[Block, ...]

    def example(self, role: Role) -> tuple[Block, ...]:
        """One of the two examples."""
        return self.wrong if role == "wrong" else self.right


class UnknownCodeError(Exception):
    """No code begins so.

    Attributes:
        meant: The nearest that exists, if any is near.
        about: Codes whose titles have the word in them, where a word was given.
    """

    def __init__(self, wanted: str, meant: str | None, about: tuple[Code, ...] = ()) -> None:
        super().__init__(wanted)
        self.meant = meant
        self.about = about


def codes_of(wanted: str) -> tuple[Code, ...]:
    """The codes of an id or of the beginning of one (``DW3``), in either case and with or without ``DW``, in the order of numbers.

    Raises:
        UnknownCodeError: There is none.
    """
    start = "".join(wanted.split()).upper()
    start = f"DW{start}" if start.isdecimal() else start
    found = tuple(code for code in ALL.values() if start and code.id.startswith(start))
    if not found:
        word = wanted.strip().lower()
        about = tuple(code for code in ALL.values() if len(word) >= _LEAST_WORD and word in code.title)
        raise UnknownCodeError(wanted, nearest(start, ALL), about)
    return found


def explanation(code: Code) -> Explanation:
    """Read the page of a code."""
    return parse(code, (FOLDER / f"{code.id}.md").read_text(encoding="utf-8"))


def parse(code: Code, page: str) -> Explanation:
    """Take the text of a page apart.

    Raises:
        InternalError: Something stands behind or between the blocks, or a block does not say what it is.
    """
    text, fence, rest = page.partition("```")
    blocks = list(_FENCE.finditer(fence + rest))
    if _FENCE.sub("", fence + rest).strip():
        raise InternalError(f"the page of {code.id} holds more than a text and its examples")
    examples: dict[str, list[Block]] = {"wrong": [], "right": []}
    for found in blocks:
        language = found["language"]
        block = Block(language, found["name"] or ("" if language == CONSOLE else DEFAULT_FILE), found["text"])
        for role in examples if found["role"] == "both" else (found["role"],):
            examples[role].append(block)
    return Explanation(code, text.strip(), tuple(examples["wrong"]), tuple(examples["right"]))
