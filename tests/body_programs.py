"""Random workflow bodies of the Python that compiles, and what plain Python makes of them: which tasks they call, with what, in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

HEAD = """\
import itertools

from dagwright import task, workflow

NAMES = ["a", "b", "c"]
SIZES = {"a": 1, "b": 2}
LIMIT = 2


@task
def one(x: int, s: str = "d") -> int: ...


@task
def many(xs: list[int], n: int = 0) -> int: ...


@task
def table(d: dict[str, int]) -> int: ...


@task
def silent(x: int) -> None: ...


"""
_MOST_DEPTH = 3


class Token:
    """A result of a task while plain Python runs a body: it can be moved about, and nothing else."""

    __slots__ = ("of",)

    def __init__(self, of: int | str) -> None:
        self.of = of

    def _refuse(self, *_: object) -> Any:
        raise TypeError("needs the value of a result")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = __neg__ = _refuse
    __bool__ = __iter__ = __len__ = __index__ = __int__ = __str__ = __repr__ = __format__ = __hash__ = _refuse
    __getitem__ = __contains__ = _refuse


class Recorder:
    """The calls that a body makes when plain Python runs it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def run(self, source: str) -> Any:
        """Run ``main`` with tokens for inputs; gives what it returns, settled."""
        names: dict[str, Any] = {"task": self._task, "workflow": lambda function: function}
        exec(source.replace("from dagwright import task, workflow\n", ""), names)
        return settled(names["main"](Token("n")))

    def _task(self, function: Callable[..., Any]) -> Callable[..., Any]:
        parameters = function.__code__.co_varnames[: function.__code__.co_argcount]
        defaults = dict(zip(parameters[::-1], (function.__defaults__ or ())[::-1], strict=False))

        def call(*args: Any, **kwargs: Any) -> Token:
            given = {**defaults, **dict(zip(parameters, args, strict=False)), **kwargs}
            if len(args) > len(parameters) or set(given) != set(parameters) or set(kwargs) & set(parameters[: len(args)]):
                raise TypeError("arguments do not fit")
            self.calls.append((function.__name__, {name: settled(given[name]) for name in parameters}))
            return Token(len(self.calls) - 1)

        return call


def settled(value: Any) -> Any:
    """A value as it is now, with the number of its call in the place of each token."""
    if isinstance(value, Token):
        return ("result", value.of)
    if isinstance(value, list | tuple):
        return [settled(item) for item in value]
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    return value


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A module whose workflow ``main`` is a random body."""
    return Writer(lambda choices: draw(st.sampled_from(choices))).module()


class Writer:
    """Writes one module. Names begin with what they hold: i(nteger known), v (integer or result), s(tring), l(ist of v), d(ict of v)."""

    def __init__(self, choose: Callable[[list[Any]], Any]) -> None:
        self._choose = choose
        self._lines: list[str] = []
        self._known: dict[str, list[str]] = {kind: [] for kind in "ivsld"}
        self._helpers: list[tuple[str, str]] = []
        self._count = 0
        self._loops = 0

    def module(self) -> str:
        for _ in range(self._pick(range(3))):
            self._helper(0)
        lines, self._lines = self._lines, []
        self._known["v"].append("n")
        self._block(1, range(3, 9))
        self._line(1, f"return {self._value()}")
        return HEAD + "\n".join([*lines, "", "", "@workflow", "def main(n: int) -> int:", *self._lines, ""])

    def _pick(self, choices: Any) -> Any:
        return self._choose(list(choices))

    def _line(self, depth: int, text: str) -> None:
        self._lines.append(f"{'    ' * depth}{text}")

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _any(self, kind: str) -> str | None:
        return self._pick(self._known[kind]) if self._known[kind] else None

    def _bind(self, kind: str) -> str:
        """A target of a kind: a new name, or one that is there."""
        old = self._any(kind)
        if old is not None and old != "n" and self._pick([True, False]):
            return old
        name = self._name(kind)
        self._known[kind].append(name)
        return name

    def _inside(self, write: Callable[[], None]) -> None:
        """Write a block whose new names may hold nothing behind it."""
        before = {kind: list(names) for kind, names in self._known.items()}
        write()
        self._known = before

    # expressions

    def _integer(self) -> str:
        name, other = self._any("i"), self._any("l")
        forms = ["0", "1", "2", "LIMIT", "-1", "len(NAMES)", 'SIZES["b"]']
        forms += [name, f"({name} + 1)", f"{name} % 3", f"max({name}, 1)"] if name else []
        forms += [f"len({other})", f"sum(1 for _ in {other})", f"max([len(NAMES), len({other})])"] if other else []
        forms += ["sum(sorted({3, 1, LIMIT}))", "min(SIZES.values(), default=0)", 'next(iter(NAMES)).count("a")']
        return str(self._pick(forms))

    def _string(self) -> str:
        name = self._any("s")
        forms = ['"a"', '"k"', f"f'x{{{self._integer()}}}'", "NAMES[0]", '"-".join(NAMES)']
        forms += [name, f"{name}.upper()", f"{name} + 'z'"] if name else []
        return str(self._pick(forms))

    def _value(self, nesting: int = 0) -> str:
        name, items, pairs = self._any("v"), self._any("l"), self._any("d")
        forms: list[Callable[[], str]] = [self._integer, lambda: self._call(nesting)]
        if name:
            forms += [lambda: name, lambda: name]
        if items:
            forms += [lambda: f"{items}[{self._pick([0, -1, 1])}]", lambda: f"{items}.pop()"]
        if pairs:
            forms += [lambda: f"{pairs}[{self._string()}]", lambda: f"{pairs}.get({self._string()}, {self._integer()})"]
            forms += [lambda: f"{pairs}.setdefault({self._string()}, {self._value(nesting + 1)})"] if nesting < 2 else []
        if nesting < 2:
            forms.append(lambda: f"({self._value(nesting + 1)} if {self._test()} else {self._value(nesting + 1)})")
            forms.append(lambda: f"(lambda q, r=1: {self._pick(['q', 'one(x=q)', 'one(r)'])})({self._value(nesting + 1)})")
        return str(self._pick(forms)())

    def _call(self, nesting: int = 0) -> str:
        inner = nesting + 1
        if nesting > 2:
            return "one(x=n)" if "n" in self._known["v"] else "one(x=3)"
        forms = [
            lambda: f"one(x={self._value(inner)})",
            lambda: f"one({self._value(inner)}, s={self._string()})",
            lambda: f"many(xs={self._list(inner)})",
            lambda: f"many({self._list(inner)}, n={self._value(inner)})",
            lambda: f"table(d={self._dict(inner)})",
            lambda: f'one(**{{"x": {self._value(inner)}, "s": {self._string()}}})',
            lambda: f"one(*[{self._value(inner)}])",
        ]
        forms += [
            lambda helper=helper: f"{helper[0]}({self._given(helper[0], inner)})" for helper in self._helpers if helper[1] == "v"
        ]
        return str(self._pick(forms)())

    def _given(self, _name: str, inner: int) -> str:
        value = self._value(inner)
        return str(
            self._pick(
                [
                    value,
                    f"{value}, b={self._integer()}",
                    f"a={value}",
                    f"{value}, 1, {self._integer()}",
                    f"{value}, more={self._integer()}",
                ]
            )
        )

    def _list(self, nesting: int = 0) -> str:
        name, pairs = self._any("l"), self._any("d")
        inner = nesting + 1
        forms: list[Callable[[], str]] = [
            lambda: f"[{', '.join(self._value(inner) for _ in range(self._pick([0, 1, 2])))}]",
            lambda: f"list(range({self._pick([0, 1, 3])}))",
            lambda: "sorted(SIZES.values(), reverse=True)",
            lambda: "sorted({2, 1, LIMIT}, key=lambda x: -x)",
            lambda: "[a * b for a, b in itertools.product((1, 2), repeat=2) if a != b]",
        ]
        if name:
            forms += [
                lambda: name,
                lambda: f"[*{name}, {self._value(inner)}]",
                lambda: f"{name}[{self._pick(['1:', ':1', '::-1', ':'])}]",
                lambda: f"list(reversed({name}))",
                lambda: f"{name} + [{self._value(inner)}]",
                lambda: f"list({name})",
                lambda: f"list(itertools.chain({name}, [{self._value(inner)}]))",
                lambda: f"[*(e for e in {name} if e is not None)]",
                lambda: f"[x for y in zip({name}, {name}) for x in y]",
                lambda: f"list(itertools.islice({name}, 1, None))",
                lambda: f"{name}.copy()",
            ]
        if pairs:
            forms += [lambda: f"list({pairs}.values())", lambda: f"[w for _, w in sorted({pairs}.items(), key=lambda p: p[0])]"]
        if nesting < 2:
            forms += [
                lambda: f"[one(x=e) for e in {self._list(inner)}]",
                lambda: f"[e for j, e in enumerate({self._list(inner)}) if j != {self._integer()}]",
                lambda: f"list(map(lambda e: {self._pick(['e', 'one(x=e)'])}, {self._list(inner)}))",
                lambda: f"[one(x=e, s=t) for e, t in zip({self._list(inner)}, NAMES)]",
            ]
            forms += [
                lambda helper=helper: f"{helper[0]}({self._given(helper[0], inner)})"
                for helper in self._helpers
                if helper[1] == "l"
            ]
        return str(self._pick(forms)())

    def _dict(self, nesting: int = 0) -> str:
        name = self._any("d")
        inner = nesting + 1
        forms: list[Callable[[], str]] = [
            lambda: f"{{{self._string()}: {self._value(inner)}, 'm': {self._value(inner)}}}",
            lambda: "dict(SIZES)",
            lambda: "{}",
        ]
        if name:
            forms += [lambda: name, lambda: f"{{**{name}, 'z': {self._value(inner)}}}", lambda: f"({name} | SIZES)"]
        if nesting < 2:
            forms += [
                lambda: f"dict(zip(NAMES, {self._list(inner)}))",
                lambda: f"{{k: {self._pick(['w', 'one(x=w, s=k)'])} for k, w in {self._dict(inner)}.items()}}",
            ]
        return str(self._pick(forms)())

    def _test(self) -> str:
        items, pairs, value = self._any("l"), self._any("d"), self._any("v")
        forms = [f"{self._integer()} {self._pick(['<', '>=', '==', '!='])} {self._integer()}", "LIMIT", f"not {self._integer()}"]
        forms += [f"len({items}) > 1", f"{items}", f"not {items}", f"all(e is not None for e in {items})"] if items else []
        forms += ["any(x > LIMIT for x in SIZES.values())", f"isinstance({self._integer()}, int)"]
        forms += [f"{self._string()} in {pairs}", f"{pairs}"] if pairs else []
        forms += [f"{value} is not None", f"{value} is None"] if value else []
        test = self._pick(forms)
        return str(self._pick([test, f"{test} and {self._integer()} < 2", f"{self._integer()} > 1 or {test}"]))

    # statements

    def _block(self, depth: int, counts: range) -> None:
        for _ in range(self._pick(counts)):
            self._statement(depth)

    def _statement(self, depth: int) -> None:
        forms: list[Callable[[int], None]] = [self._assign] * 4 + [self._change] * 3 + [self._effect]
        if depth < _MOST_DEPTH:
            forms += [self._if, self._for, self._for, self._while, self._match, self._nested]
        if self._loops:
            forms.append(self._leave)
        self._pick(forms)(depth)

    def _assign(self, depth: int) -> None:
        kind = self._pick("iivvvsslldd")
        value = {"i": self._integer, "v": self._value, "s": self._string, "l": self._list, "d": self._dict}[kind]()
        form = self._pick(["=", "=", "walrus", "unpack", "star"])
        if form == "walrus":
            number = self._integer()
            self._line(depth, f"silent(x=({self._bind('i')} := {number}))")
        elif form == "unpack":
            values = f"{self._value()}, {self._integer()}"
            self._line(depth, f"{self._bind('v')}, {self._bind('i')} = {values}")
        elif form == "star":
            values = self._pick([self._list(), f"[{self._value()}, *{self._list()}]"])
            self._line(depth, f"{self._bind('v')}, *{self._bind('l')} = {values}")
        else:
            self._line(depth, f"{self._bind(kind)} = {value}")

    def _change(self, depth: int) -> None:
        items, pairs, number = self._any("l"), self._any("d"), self._any("i")
        forms = []
        if items:
            forms += [f"{items}.append({self._value()})", f"{items}.extend({self._list()})", f"{items} += {self._list()}"]
            forms += [
                f"{items}[0] = {self._value()}",
                f"{items}.insert(0, {self._value()})",
                f"{items}.reverse()",
                f"{items}.clear()",
            ]
            forms += [f"del {items}[0]", f"{items}[:1] = {self._list()}", f"{items} *= 2"]
        if pairs:
            forms += [
                f"{pairs}[{self._string()}] = {self._value()}",
                f"{pairs}.update({self._dict()})",
                f"{pairs} |= {self._dict()}",
            ]
            forms += [
                f"{pairs}.pop({self._string()}, None)",
                f"del {pairs}[{self._string()}]",
                f"{pairs}.update(y={self._value()})",
            ]
        forms += [f"{number} += 1", f"{number} -= {self._integer()}"] if number else []
        self._line(depth, self._pick(forms) if forms else "pass")

    def _effect(self, depth: int) -> None:
        forms = [f"silent(x={self._value()})", self._call(), "'text'", f"assert {self._test()} or True"]
        self._line(depth, self._pick(forms))

    def _if(self, depth: int) -> None:
        self._line(depth, f"if {self._test()}:")
        self._inside(lambda: self._block(depth + 1, range(1, 3)))
        if self._pick([True, False]):
            self._line(depth, self._pick(["else:", f"elif {self._test()}:"]))
            self._inside(lambda: self._block(depth + 1, range(1, 3)))

    def _for(self, depth: int) -> None:
        form = self._pick(["l", "range", "enumerate", "zip", "items", "names"])
        item, at, text = self._name("v"), self._name("i"), self._name("s")
        heads = {
            "l": (f"for {item} in {self._list()}[:3]:", {"v": item}),
            "range": (f"for {at} in range({self._pick([0, 2, 3])}):", {"i": at}),
            "enumerate": (f"for {at}, {item} in enumerate({self._list()}[:3]):", {"i": at, "v": item}),
            "zip": (f"for {item}, {text} in zip({self._list()}, NAMES):", {"v": item, "s": text}),
            "items": (f"for {text}, {item} in list({self._dict()}.items()):", {"s": text, "v": item}),
            "names": (f"for {text} in NAMES:", {"s": text}),
        }
        head, bound = heads[form]
        self._line(depth, head)

        def write() -> None:
            for kind, name in bound.items():
                self._known[kind].append(name)
            self._loops += 1
            self._block(depth + 1, range(1, 4))
            self._loops -= 1

        self._inside(write)
        if self._pick([True, False, False]):
            self._line(depth, "else:")
            self._inside(lambda: self._block(depth + 1, range(1, 2)))

    def _while(self, depth: int) -> None:
        name = self._name("i")
        self._line(depth, f"{name} = 0")
        self._line(depth, f"while {name} < {self._pick([1, 2])}:")
        self._line(depth + 1, f"{name} += 1")

        def write() -> None:
            self._loops += 1
            self._block(depth + 1, range(1, 3))
            self._loops -= 1

        self._inside(write)

    def _leave(self, depth: int) -> None:
        self._line(depth, f"if {self._test()}:")
        self._line(depth + 1, self._pick(["break", "continue"]))

    def _match(self, depth: int) -> None:
        items = self._list()
        first = self._name("v")
        self._line(depth, f"match {items}:")
        self._line(depth + 1, "case []:")
        self._inside(lambda: self._block(depth + 2, range(1, 2)))
        self._line(depth + 1, f"case [{first}, *_] if {self._test()}:")

        def write() -> None:
            self._known["v"].append(first)
            self._block(depth + 2, range(1, 2))

        self._inside(write)
        self._line(depth + 1, "case _:")
        self._line(depth + 2, "pass")

    def _nested(self, depth: int) -> None:
        """A function in the body that counts its calls in a variable around it."""
        number = self._name("i")
        self._line(depth, f"{number} = 0")
        self._known["i"].append(number)
        self._helper(depth, counter=number)

    def _helper(self, depth: int, counter: str = "") -> None:
        name, gives = f"h{self._count}{self._pick('xyz')}", self._pick("vl")
        self._count += 1
        loops, self._loops = self._loops, 0

        def write() -> None:
            if not depth:
                self._known = {kind: [] for kind in "ivsld"}
            elif counter:
                self._line(depth + 1, f"nonlocal {counter}")
                self._line(depth + 1, f"{counter} += 1")
            self._known = {kind: [] for kind in "ivsld"} | {"i": [counter] if counter else []}
            self._known["v"].append("a")
            self._known["i"].append("b")
            self._line(depth + 1, "if options:")
            self._line(depth + 2, "b = options.get('more', b)")
            self._line(depth + 1, "b += len(rest)")
            self._block(depth + 1, range(1, 3))
            self._line(depth + 1, f"return {self._value() if gives == 'v' else self._list()}")

        self._line(depth, f"def {name}(a, b={self._integer()}, *rest, **options):")
        helpers, self._helpers = self._helpers, []
        self._inside(write)
        self._helpers = helpers
        self._loops = loops
        if not depth:
            self._lines += ["", ""]
            self._helpers.append((name, gives))
        else:
            given = self._given(name, 1)
            self._line(depth, f"{self._bind(gives)} = {name}({given})")
