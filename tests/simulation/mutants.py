"""Ways to break the code under test, each a small edit of its source, and none of which may pass the simulator."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType


class Mutant(NamedTuple):
    """Edits of one module's source: of each pair the first text, which stands there once, becomes the second."""

    module: str
    edits: tuple[tuple[str, str], ...]


def _edit(module: str, *edits: tuple[str, str]) -> Mutant:
    return Mutant(f"dagwright.{module}", edits)


SEEDS = {
    "blobs_are_not_digested": 631_972_229_313,
    "long_blobs_are_not_digested": 148_046_241_018,
    "documents_are_not_checked": 287_900_217_333,
    "entries_before_blobs": 682_052_907_165,
    "pins_before_entries": 667_747_003_591,
    "own_results_instead_of_the_first_ones": 192_922_091_367,
    "own_values_instead_of_adopted_ones": 1_060_478_902_450,
    "pins_are_overwritten": 814_672_426_950,
    "stripes_are_overwritten": 1_043_339_013_050,
    "stripes_before_blobs_of_elements": 791_096_408_659,
    "entries_are_not_verified": 388_164_863_916,
    "damaged_entries_stay": 872_108_923_964,
    "hits_are_not_pinned": 809_186_918_113,
    "blobs_that_stand_there_are_trusted": 96_223_267_659,
    "sweeps_are_not_waited_for": 794_314_604_313,
    "sweeps_are_not_waited_for_long_enough": 297_664_382_431,
    "swept_blobs_are_not_missed": 187_414_505_228,
    "replaced_entries_are_not_noted": 1_079_205_653_310,
    "notes_are_not_read": 268_088_733_897,
    "blobs_are_not_looked_at_again": 257_006_896_056,
    "sweeps_are_not_marked": 607_096_886_834,
    "young_blobs_are_swept": 526_379_450_314,
    "runs_name_nothing": 1_075_442_737_533,
    "entries_name_nothing": 946_527_149_407,
    "nothing_is_swept": 438_231_347_364,
    "leases_are_won_by_all": 986_618_945_109,
    "heartbeats_are_not_seen": 918_626_400_603,
    "silence_is_not_noticed": 387_723_264_679,
    "winners_do_not_look_again": 693_673_493_940,
    "journals_are_not_read": 9_948_528_960,
    "results_are_not_journaled": 588_553_568,
    "timeouts_are_not_counted": 3_472_093_504,
    "crashes_are_not_noted": 11_354_293_824,
    "parts_are_not_taken": 12_497_599_184,
    "parts_are_not_left": 5_651_823_712,
    "tries_of_earlier_attempts_are_forgotten": 10_475_707_296,
    "failures_do_not_keep_stripes_back": 10_435_429_040,
    "lost_answers_make_two_records": 11_469_415_936,
    "records_are_overwritten": 16_887_089_888,
    "elements_with_results_count_as_lost": 12_004_936_528,
    "silent_losses_are_not_noted": 7_208_870_336,
    "checkpoints_before_their_files": 13_223_679_008,
    "checkpoints_keep_what_was_before": 2_348_373_648,
    "the_run_goes_on_after_a_failure": 24,
    "failures_of_earlier_rounds_count": 56,
    "fast_clocks_are_believed": 72,
    "next_attempts_count_as_new_rounds": 408,
    "values_are_pinned_without_a_look": 1368,
}
"""Name of a mutant -> the first seed that is played to find it. These once did at once; after a change of the code others follow."""

MUTANTS = {
    "blobs_are_not_digested": _edit(
        "cache.blobs",
        ("if len(content) != size or sha256_hex(content) != digest:", "if len(content) != size:"),
    ),
    "long_blobs_are_not_digested": _edit(
        "cache.blobs", ("if start != size or found.hexdigest() != digest:", "if start != size:")
    ),
    "documents_are_not_checked": _edit("cache.results", ("if document[:_BODY] != _head_of(tail):", "if False:")),
    "entries_before_blobs": _edit(
        "cache.protocol",
        ("    publish_blobs(store, blobs)\n", ""),
        ("    return result\n\n\ndef read_pin", "    publish_blobs(store, blobs)\n    return result\n\n\ndef read_pin"),
    ),
    "pins_before_entries": _edit(
        "cache.protocol",
        (
            "    if entry_key is not None and overwrite:\n        _replace",
            (
                "    own = result\n    if pin_key is not None:\n        result = _publish_pin(store, pin_key, result, inputs_digest)\n"
                "        pin_key = None\n    if entry_key is not None and overwrite:\n        _replace"
            ),
        ),
        ("        result = _publish_entry(store, entry_key, result)", "        _publish_entry(store, entry_key, own)"),
    ),
    "own_results_instead_of_the_first_ones": _edit(
        "cache.protocol",
        (
            "        found = lookup(store, entry_key, outputs=_outputs_of(result))\n        if found is not None:\n            return found\n",
            "        return result\n",
        ),
    ),
    "own_values_instead_of_adopted_ones": _edit(
        "execution.task_call", ("values if stored.outputs is made.outputs else None", "values")
    ),
    "pins_are_overwritten": _edit(
        "cache.protocol", ("if store.create(pin_key, document):", "if store.put(pin_key, document) is None:")
    ),
    "stripes_are_overwritten": _edit(
        "cache.stripes", ("if store.create(key, document):", "if store.put(key, document) is None:")
    ),
    "stripes_before_blobs_of_elements": _edit(
        "execution.task_call",
        ("            stored = publish(\n", "            stored = made if not keeps and call.pin is None else publish(\n"),
    ),
    "entries_are_not_verified": _edit("cache.protocol", ("        _verify(store, result)\n", "")),
    "damaged_entries_stay": _edit("cache.protocol", ("    store.delete(entry_key)\n", "")),
    "hits_are_not_pinned": _edit(
        "execution.task_call",
        ("        if self.call.pin is not None:\n            found = publish", "        if False:\n            found = publish"),
    ),
    "blobs_that_stand_there_are_trusted": _edit(
        "cache.blobs",
        (
            "if len(content) > _ONE_REQUEST or not store.create(key, content):",
            "if not store.create(key, content) and not content:",
        ),
    ),
    "sweeps_are_not_waited_for": _edit("cache.blobs", ("sweeping = store.list(SWEEPS)\n        if", "sweeping = []\n        if")),
    "sweeps_are_not_waited_for_long_enough": _edit("cache.blobs", ("SWEEP_SILENCE_S = 180.0", "SWEEP_SILENCE_S = 30.0")),
    "swept_blobs_are_not_missed": _edit("cache.blobs", ("elif not _is_one_lost(store, blobs):", "else:")),
    "replaced_entries_are_not_noted": _edit("cache.protocol", ("    note_removal(store, named_digests(replaced))\n", "")),
    "notes_are_not_read": _edit("upkeep.collection", ("return named | self._noted()", "return named")),
    "blobs_are_not_looked_at_again": _edit(
        "upkeep.collection", ("            if blob in unchanged:\n", "            if True:\n")
    ),
    "sweeps_are_not_marked": _edit("upkeep.collection", ('            self._store.put(mark, b"")\n', "")),
    "young_blobs_are_swept": _edit(
        "upkeep.collection", ("            elif self._is_past_grace(blob[2]):\n", "            elif True:\n")
    ),
    "runs_name_nothing": _edit(
        "upkeep.collection",
        ("                documents += [key for key, _, _ in objects if not key.endswith(_PAGES)]", "                pass"),
    ),
    "entries_name_nothing": _edit("upkeep.collection", ("documents = [key for key, _, _ in entries]", "documents = []")),
    "nothing_is_swept": _edit("upkeep.collection", ("        self._sweep(unnamed)\n", "")),
    "leases_are_won_by_all": _edit(
        "cache.leases", ("if self._store.create(key, document) or", "if self._store.put(key, document) is None or")
    ),
    "heartbeats_are_not_seen": _edit(
        "cache.leases", ("if seen != (waiter.epoch, document):", "if seen is None or seen[0] != waiter.epoch:")
    ),
    "silence_is_not_noticed": _edit("cache.leases", ("or now - since >= pace.silence_s", "")),
    "winners_do_not_look_again": _edit(
        "cache.leases",
        ("        found = find()\n        lease = Lease(", "        lease = Lease("),
    ),
    "journals_are_not_read": _edit("execution.chunk", ("self._progress = self._journal.read()", "self._progress = Progress()")),
    "results_are_not_journaled": _edit(
        "execution.chunk", ("        self._journal.add_result(index, result, cached=done.state == CACHED)\n", "")
    ),
    "timeouts_are_not_counted": _edit("execution.pod", ("        journal.add_timeout(ended.element)\n", "        pass\n")),
    "crashes_are_not_noted": _edit("execution.pod", ("        journal.add_failure(ended.element, failure)\n", "        pass\n")),
    "parts_are_not_taken": _edit(
        "execution.chunk", ("                self._progress.results.setdefault(index, result)\n", "                pass\n")
    ),
    "parts_are_not_left": _edit("execution.closing", ("if ended.elements is not None and not exhausted:", "if False:")),
    "tries_of_earlier_attempts_are_forgotten": _edit(
        "execution.chunk", ("earlier[index] = max(earlier.get(index, 0), min(tries, self._node.policy.retries))", "pass")
    ),
    "failures_do_not_keep_stripes_back": _edit(
        "execution.chunk", ("        if self._progress.failures:\n", "        if False:\n")
    ),
    "lost_answers_make_two_records": _edit(
        "execution.records", ("return store.create(key, data) or store.get(key) == data", "return store.create(key, data)")
    ),
    "records_are_overwritten": _edit(
        "execution.records",
        ("return store.create(key, data) or store.get(key) == data", "return store.put(key, data) is None"),
    ),
    "elements_with_results_count_as_lost": _edit(
        "execution.lost_elements", ("if index < elements.count and not elements.holds(index):", "if index < elements.count:")
    ),
    "silent_losses_are_not_noted": _edit("execution.lost_elements", ("            keep(store, run, node, found[index])\n", "")),
    "checkpoints_before_their_files": _edit(
        "execution.checkpoints",
        ("        publish_blobs(self._store, blobs)\n", ""),
        (
            'self._store.put(self._key, seal({"files": listed}))\n',
            'self._store.put(self._key, seal({"files": listed}))\n        publish_blobs(self._store, blobs)\n',
        ),
    ),
    "checkpoints_keep_what_was_before": _edit("execution.checkpoints", ("found = {} if anew else", "found =")),
    "the_run_goes_on_after_a_failure": _edit(
        "execution.stopping", ("            raise Cancelled(found)\n", "            return\n")
    ),
    "failures_of_earlier_rounds_count": _edit(
        "execution.stopping", ("    if assignment.round.began_after(stop.at_s):\n", "    if False:\n")
    ),
    "fast_clocks_are_believed": _edit("execution.stopping", ("_SLOWNESS = 0.8\n", "_SLOWNESS = 8\n")),
    "next_attempts_count_as_new_rounds": _edit(
        "execution.stopping", ("    return (hint or 0) <= (before or 0)\n", "    return True\n")
    ),
    "values_are_pinned_without_a_look": _edit("cache.protocol", ("        if look is not None:\n", "        if False:\n")),
}
"""Name -> mutant. The names say what the broken code does."""


def apply(name: str) -> None:
    """Have a module loaded with its edits; before anything imports it."""
    assert MUTANTS[name].module not in sys.modules
    sys.meta_path.insert(0, _Finder(name, MUTANTS[name]))


class _Finder(MetaPathFinder):
    def __init__(self, name: str, mutant: Mutant) -> None:
        self._name = name
        self._mutant = mutant

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._name, self._mutant.edits)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, name: str, edits: tuple[tuple[str, str], ...]) -> None:
        super().__init__(fullname, path)
        self._name = name
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode("utf-8")
        for old, new in self._edits:
            if source.count(old) != 1:
                raise ValueError(f"{fullname} holds {source.count(old)} times what mutant {self._name} edits: {old!r}")
            source = source.replace(old, new)
        return compile(source, self.path, "exec")
