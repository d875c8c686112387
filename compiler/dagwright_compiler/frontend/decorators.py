"""Decorator keywords and overrides to a ``Policy``.

Every keyword has one reader; a keyword that is unknown, not supported yet, or has a wrong value gives one finding and leaves
the policy as it is.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import abbreviated, did_you_mean
from dagwright_compiler.frontend.cache_keywords import IN_CACHE, with_body_version
from dagwright_compiler.frontend.foreign_keywords import counterpart
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.option_values import WrongOption, plain
from dagwright_compiler.frontend.options import Option, options_of
from dagwright_compiler.frontend.policy_keywords import NODE_NAMES, NOT_YET, OF_NONE, READERS_OF, RESOURCES, Draft
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Cache, Policy
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dagwright_compiler.frontend.entities import FunctionEntity
    from dagwright_compiler.frontend.findings import Findings, Place
    from dagwright_compiler.frontend.image_keywords import Images
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.policy_keywords import Reader
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.source import Span

_AMOUNTS = ("requests", "limits")
_SAME = (("resources", _AMOUNTS), ("disable_deck", ("enable_deck",)))
"""Keywords, each with those that may not stand beside it."""


class Policies:
    """Reads policies from keywords."""

    def __init__(self, evaluator: Evaluator, findings: Findings, images: Images) -> None:
        self._evaluator = evaluator
        self._findings = findings
        self._images = images

    def read(self, decorator: ast.expr, options: Sequence[Option], task: FunctionEntity) -> Policy:
        """Policy of a task. Texts in one module that differ in the cache version alone mean the same but for that: they cost a look-up.

        Args:
            decorator: What makes the task, as it is written.
            options: The keywords that it adds up to.
            task: The decorated function.
        """
        module = (task.made_by or task).module
        version = _version_of_its_own(decorator, options)
        text = module.lines.cut(decorator) if version is None else b"\0".join(module.lines.cut_around(decorator, version))
        found: tuple[Policy, str | None] | None = module.policies.get(text)
        if found is None:
            before = self._findings.count
            draft = self._draft()
            self._check_pairs(options)
            for option in options:
                self._shared_keyword(option, draft)
            policy = self._finished(draft, Policy(), lambda: self.places(options))
            found = (policy, draft.salt if policy.cache is not None and not policy.cache.version else None)
            if self._findings.count == before:
                module.policies[text] = found
        elif version is not None and found[0].cache is not None:
            return _with_version(found[0], found[0].cache, str(version.value))
        policy, salt = found
        return policy if salt is None else self._with_body_version(policy, salt, task, options)

    def _with_body_version(self, policy: Policy, salt: str, task: FunctionEntity, options: Sequence[Option]) -> Policy:
        """A policy whose cache version is the digest of the task's function."""
        try:
            return with_body_version(policy, salt, task)
        except WrongOption as error:
            self._findings.add(error.code, error.message, self.places(options).get("cache.version"), help=error.help)
            return policy

    def override(
        self, keywords: Iterable[ast.keyword], module: Module, base: Policy, scope: object
    ) -> tuple[Policy, dict[str, Place]]:
        """Policy of a call, and where each of its fields was written.

        Args:
            keywords: The keywords as written.
            module: Where they stand.
            base: The policy that the override starts from.
            scope: Local names that values may use.
        """
        draft = self._draft()
        options = options_of(keywords, module, scope)
        self._check_pairs(options)
        for option in options:
            self._keyword(option, "with_overrides", draft)
        if draft.salt is not None:
            draft.salt, draft.is_cache_partial = None, True
            message = "the cache of a call has no version of its own from the body of its task"
            help_ = 'write `Cache(version="1")`, or give the policies to `@task`'
            self._findings.add(codes.CACHE_WITHOUT_VERSION, message, draft.places.get("cache.version"), help=help_)
        return self._finished(draft, base, lambda: draft.places), draft.places

    def places(self, options: Iterable[Option]) -> dict[str, Place]:
        """Where each field of a task's policy was written; what is wrong with the keywords has been reported."""
        draft, readers = self._draft(), READERS_OF["@task"]
        for option in options:
            keyword = option.keyword
            with suppress(NotStatic, WrongOption):
                value = self._evaluator.evaluate(keyword.value, option.module, option.scope)
                named = {keyword.arg: value} if keyword.arg is not None else value if isinstance(value, dict) else {}
                for name, part in named.items():
                    if name in readers:
                        _tell(readers[name], draft, part, option.place)
        return draft.places

    def of_workflow(self, options: Sequence[Option]) -> tuple[Policy, bool]:
        """What the keywords of a workflow say to the calls in it, and whether those that need no failed call run all the same.

        ``on_failure`` names a definition, which ``failure_handlers`` reads.
        """
        draft = self._draft()
        self._check_repeats(options)
        for option in options:
            if option.keyword.arg != "on_failure":
                self._keyword(option, "@workflow", draft)
        return msgspec.structs.replace(Policy(), **draft.policy), draft.runs_on

    def _draft(self) -> Draft:
        return Draft({}, {}, images=self._images)

    def _shared_keyword(self, option: Option, draft: Draft) -> None:
        """Read a keyword of a decorator; its places count for nothing, since another decorator's may have been read."""
        keyword, module = option.keyword, option.module
        if type(keyword.value) is ast.Constant or option.scope is not None:
            self._keyword(option, "@task", draft)
            return
        text = module.lines.cut(keyword)
        part: Draft | None = module.keywords.get(text)
        if part is None:
            before = self._findings.count
            part = self._draft()
            self._keyword(option, "@task", part)
            if self._findings.count == before:
                module.keywords[text] = part
        draft.take(part)

    def _finished(self, draft: Draft, start: Policy, places: Callable[[], dict[str, Place]]) -> Policy:
        self._cache(draft, start, places)
        policy = msgspec.structs.replace(start, **draft.policy) if draft.policy else start
        if policy.requests is not None and policy.limits is not None and not draft.policy.keys().isdisjoint(_AMOUNTS):
            self._compare(policy, places)
        return policy

    def _keyword(self, option: Option, what: str, draft: Draft) -> None:
        keyword, place, readers = option.keyword, option.place, READERS_OF[what]
        if keyword.arg is not None and keyword.arg not in readers:
            self._unknown(keyword.arg, option.module.keyword_span(keyword), what)
            if "version" in keyword.arg or "cache" in keyword.arg:  # what was meant for the cache
                draft.is_cache_partial = True
            return
        try:
            value = self._evaluator.evaluate(keyword.value, option.module, option.scope)
            if keyword.arg is not None:
                _tell(readers[keyword.arg], draft, value, place)
            else:
                self._spread(draft, value, place, what)
        except NotStatic as error:
            error.report(self._findings, f"`{keyword.arg}`" if keyword.arg is not None else f"what `**` passes to `{what}`")
            draft.note_unread(keyword.arg)
        except WrongOption as error:
            draft.note_unread(keyword.arg)
            for wrong in (error, *error.also):
                self._findings.add(wrong.code, wrong.message, wrong.place or place, help=wrong.help)

    def _spread(self, draft: Draft, value: StaticValue, place: Place, what: str) -> None:
        """``**OPTIONS``: a dict of keywords, known while compiling."""
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise WrongOption(f"`**` takes a dict with the names of keywords, found {describe(value)}")
        for name, part in value.items():
            if name in READERS_OF[what]:
                _tell(READERS_OF[what][name], draft, part, place)
            else:
                self._unknown(name, place, what)

    def _check_repeats(self, options: Sequence[Option]) -> None:
        """Report keywords that one call gives twice, by name or through ``**``: Python refuses the call."""
        if len({(option.call, option.keyword.arg) for option in options}) == len(options) and all(
            option.keyword.arg is not None for option in options
        ):
            return
        first: dict[tuple[int, str], Place] = {}
        for option in options:
            for name in self._names_of(option):
                if (option.call, name) in first:
                    message, related = f"`{name}` is given twice", [(first[option.call, name], "here for the first time")]
                    self._findings.add(
                        codes.REPEATED_ARGUMENT, message, option.place, related=related, help="leave one of them out"
                    )
                first.setdefault((option.call, name), option.place)

    def _names_of(self, option: Option) -> Iterable[str]:
        """The keywords that an option stands for; none where ``**`` takes what is not known."""
        if option.keyword.arg is not None:
            return (option.keyword.arg,)
        with suppress(NotStatic):
            value = self._evaluator.evaluate(option.keyword.value, option.module, option.scope)
            return [name for name in value if isinstance(name, str)] if isinstance(value, dict) else ()
        return ()

    def _check_pairs(self, options: Sequence[Option]) -> None:
        """Report keywords that say what another one says, such as ``resources=`` beside ``requests=``."""
        self._check_repeats(options)
        said = {option.keyword.arg: option for option in reversed(options) if not _is_none(option.keyword.value)}
        for name, others in _SAME:
            whole, part = said.get(name), next((said[other] for other in others if other in said), None)
            if whole is not None and part is not None:
                self._findings.add(
                    codes.WRONG_OPTION,
                    f"`{name}` cannot stand beside `{part.keyword.arg}`",
                    whole.place,
                    related=[(part.place, f"`{part.keyword.arg}` is given here")],
                    help="leave one of them out",
                )

    def _unknown(self, name: str, place: Place | Span, what: str) -> None:
        if name in NOT_YET:
            message = f"`{name}` of `{what}` is not supported yet"
            self._findings.add(codes.UNSUPPORTED_OPTION, message, place, help=NOT_YET[name])
            return
        known = sorted([*READERS_OF[what], *NODE_NAMES] if what == "with_overrides" else READERS_OF[what])
        help_ = (
            counterpart(name, what)
            or did_you_mean(name, [*known, *NOT_YET])
            or abbreviated(name, known)
            or f"its keywords are {', '.join(known)}"
        )
        self._findings.add(codes.UNKNOWN_OPTION, f"`{what}` has no keyword `{name}`", place, help=help_)

    def _cache(self, draft: Draft, start: Policy, places: Callable[[], dict[str, Place]]) -> None:
        """Join the cache keywords, which only mean something together."""
        given = (draft.cache, draft.version, draft.ignore, draft.serialize)
        if given == (None, None, None, None):
            return
        if draft.is_whole and draft.older is not None:
            message = f"`{draft.older[0]}` cannot stand beside `cache=Cache(...)`"
            help_ = f"write it inside: `Cache({IN_CACHE[draft.older[0]]}=...)`"
            self._findings.add(codes.INCONSISTENT_CACHE, message, draft.older[1], help=help_)
            return
        if draft.cache is False:
            draft.policy["cache"] = None
            return
        if draft.cache is None and start.cache is None:
            if not draft.is_cache_partial:  # else it may well be given in what could not be read
                message = f"`{draft.older[0] if draft.older else 'cache_version'}` has no effect without `cache=True`"
                self._findings.add(codes.INCONSISTENT_CACHE, message, _of_cache(places()), help="add `cache=True`")
            return
        if draft.is_cache_partial and not draft.version:
            return  # it may well be given in what could not be read
        version = draft.version if draft.version is not None else start.cache.version if start.cache else None
        if draft.salt is not None and version is None:
            version = ""  # the digest of the task's function, which ``read`` puts in
        elif not version:
            message = "a cached task needs a version" if version is None else "the version of the cache is empty"
            written = 'write `Cache(version="1")`' if draft.is_whole else 'add `cache_version="1"`'
            help_ = f"{written}, and raise it whenever the task would give another result"
            self._findings.add(codes.CACHE_WITHOUT_VERSION, message, _of_cache(places()), help=help_)
            return
        before = start.cache or Cache(version=version)
        draft.policy["cache"] = Cache(
            version=version,
            ignore=before.ignore if draft.ignore is None else draft.ignore,
            serialize=before.serialize if draft.serialize is None else draft.serialize,
        )

    def _compare(self, policy: Policy, places: Callable[[], dict[str, Place]]) -> None:
        assert policy.requests is not None
        assert policy.limits is not None
        for name in RESOURCES:
            request, limit = getattr(policy.requests, name), getattr(policy.limits, name)
            if request is None or limit is None:
                continue
            least, most = amount(request), amount(limit)
            if name == "gpu" and least is not None and most is not None and most > least:
                written = places()
                self._findings.add(
                    codes.GPU_MISMATCH,
                    f"the limit of `gpu` is {limit}, but the request is {request}",
                    written.get("limits.gpu") or written.get("limits") or written.get("requests"),
                    related=[(written.get("requests.gpu") or written.get("requests"), "the request")],
                    help="give both the same number: GPUs are not shared",
                )
                continue
            if least is not None and most is not None and most < least:
                written = places()
                at = written.get(f"limits.{name}") or written.get("limits") or written.get("requests")
                message = f"the limit of `{name}` is {limit}, lower than the request {request}"
                asked = written.get(f"requests.{name}") or written.get("requests")
                self._findings.add(
                    codes.LIMIT_BELOW_REQUEST,
                    message,
                    at,
                    related=[(asked, "the request")],
                    help="raise the limit or lower the request",
                )


def _tell(read: Reader, draft: Draft, value: StaticValue, place: Place) -> None:
    """Let a keyword's reader read its value; a keyword that is ``None`` says nothing."""
    if value is not None or read in OF_NONE:
        read(draft, plain(value), place)


def _version_of_its_own(decorator: ast.expr, options: Iterable[Option]) -> ast.Constant | None:
    """The literal of ``cache_version`` in a decorator, which differs from task to task where nothing else does."""
    if type(decorator) is not ast.Call:
        return None
    own = id(decorator.keywords)
    for option in options:
        value = option.keyword.value
        if option.keyword.arg == "cache_version" and type(value) is ast.Constant and option.call == own:
            return value if type(value.value) is str and value.value else None
    return None


def _with_version(policy: Policy, cache: Cache, version: str) -> Policy:
    own = Cache(version=version, ignore=cache.ignore, serialize=cache.serialize)
    return policy if cache.version == version else msgspec.structs.replace(policy, cache=own)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _of_cache(places: dict[str, Place]) -> Place:
    """Where a finding about several cache keywords points."""
    return places.get("cache") or places.get("cache.version") or next(iter(places.values()))
