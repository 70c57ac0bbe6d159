"""
Switch off the guards that matter, one by one: the suite must go red for each.

Run as `python -m tests.mutation`; each guard names the tests that must notice. `make check` tries those that are not
`SELDOM` through `tests/test_mutation.py`, a few seconds a guard, and sees that each of the others still stands.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LIBRARY = "layers/shared/python/regulars"


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: where it stands, the code without it, and the tests that must fail then."""

    name: str
    file: str
    code: str
    without: str
    tests: tuple[str, ...]


GUARDS: Sequence[Guard] = (
    Guard(
        "an event that may be too large for an item is measured",
        f"{LIBRARY}/adapters/spilling.py",
        "return sum(sizes) + _ATTRIBUTE * len(sizes)",
        "return sum(sizes) // _LETTER",
        ("tests/adapters/test_spilling.py",),
    ),
    Guard(
        "an upload looks for replacements after it wrote to the roster",
        f"{LIBRARY}/pipeline/lists.py",
        "            self._open(list, id)  # else a replacement might have looked before they were noted\n",
        "",
        ("tests/world/test_lists.py",),
    ),
    Guard(
        "an event that a part remembers is not counted again",
        f"{LIBRARY}/domain/parts.py",
        'return "skip" if event.mark in part.marks else "count"',
        'return "count"',
        ("tests/domain/test_laws.py",),
    ),
    Guard(
        "an event at or below the floor is folded anew",
        f"{LIBRARY}/domain/parts.py",
        "if event.arrival <= part.floor:",
        "if False:",
        ("tests/domain/test_laws.py",),
    ),
    Guard(
        "what was stored after a part was folded is counted",
        f"{LIBRARY}/domain/parts.py",
        "if stored <= part.whole:",
        "if part.whole >= 0:",
        ("tests/domain/test_laws.py",),
    ),
    Guard(
        "a part is written only under the version that was read",
        f"{LIBRARY}/stores/identities.py",
        'self._database.put("identities", part_to_item(part), was=part.version)',
        'self._database.put("identities", {**part_to_item(part), "v": part.version + 1})',
        ("tests/world/test_counting.py",),
    ),
    Guard(
        "a part folded for another watch is folded anew",
        f"{LIBRARY}/domain/parts.py",
        "if part.version and not is_kept_for(part, watch):",
        "if False:",
        ("tests/domain/test_laws.py",),
    ),
    Guard(
        "a part that nothing read for a while is folded anew",
        f"{LIBRARY}/domain/parts.py",
        "return part.watch == watch.print and part.catalog >= watch.since",
        "return part.watch == watch.print",
        ("tests/world/test_rebuilding.py",),
    ),
    Guard(
        "a correction counts later than what it corrects",
        f"{LIBRARY}/pipeline/corrections.py",
        "person.traits[name][0] + 1 for name",
        "person.traits[name][0] for name",
        ("tests/functions/test_corrections.py",),
    ),
    Guard(
        "a refund that is told twice counts once",
        f"{LIBRARY}/domain/orders.py",
        "same = {name: max(one.refunds[name], other.refunds[name]) for name in both}",
        "same = {name: (one.refunds[name][0] + other.refunds[name][0], '') for name in both}",
        ("tests/domain/test_orders.py",),
    ),
    Guard(
        "an order without a rate is not counted as it is",
        f"{LIBRARY}/domain/orders.py",
        "        if rate is None:\n            return None\n",
        "        rate = rate or ONE\n",
        ("tests/domain/test_orders.py",),
    ),
    Guard(
        "a rebuild writes nothing that is right",
        f"{LIBRARY}/pipeline/rebuild.py",
        'if finding != "right":',
        "if True:",
        ("tests/world/test_rebuilding.py",),
    ),
    Guard(
        "a rebuild reads the events again when a part changed meanwhile",
        f"{LIBRARY}/pipeline/rebuild.py",
        "history.forget()",
        "pass",
        ("tests/world/test_rebuilding.py",),
    ),
    Guard(
        "a part that is not there is folded from the stored events",
        f"{LIBRARY}/pipeline/resolve.py",
        "if part.version or is_always_kept(part.name):",
        "if True:",
        ("tests/world/test_time.py",),
    ),
    Guard(
        "a part that was folded anew is saved although its marks are the same",
        f"{LIBRARY}/pipeline/resolve.py",
        "if counted != replace(part, catalog=counted.catalog):",
        "if counted.marks != part.marks or counted.floor != part.floor or counted.watch != part.watch:",
        ("tests/world/test_counting.py",),
    ),
    Guard(
        "a part that changed meanwhile is folded from a new reading",
        f"{LIBRARY}/pipeline/resolve.py",
        "batch.history.forget()",
        "pass",
        ("tests/world/test_counting.py",),
    ),
    Guard(
        "profiles are written only under the version that was read",
        f"{LIBRARY}/stores/profiles.py",
        'return Put("profiles", to_item(profile), was=profile.version)',
        'return Put("profiles", {**to_item(profile), "v": profile.version + 1})',
        ("tests/world/test_merges.py",),
    ),
    Guard(
        "an identifier is attached only if nobody else attached it first",
        f"{LIBRARY}/stores/identities.py",
        'return Put("identities", item, was=link.version)',
        'return Put("identities", {**item, "v": link.version + 1})',
        ("tests/world/test_merges.py",),
    ),
    Guard(
        "look-ups follow tombstones",
        f"{LIBRARY}/stores/profiles.py",
        "while profile and profile.merged_into:",
        "while False:",
        ("tests/world/test_merges.py",),
    ),
    Guard(
        "limits stop a merge",
        f"{LIBRARY}/domain/linking.py",
        "return next((kind for kind, number in counted if number > rules.limit(kind)), None)",
        "return None",
        ("tests/world/test_merges.py",),
    ),
    Guard(
        "a claim without proof takes nobody over whose identity was proven",
        f"{LIBRARY}/domain/claims.py",
        "if roots.isdisjoint(evidence.guarded):",
        "if True:",
        ("tests/pipeline/test_take_over.py",),
    ),
    Guard(
        "attachments older than the window of a limit do not count against it",
        f"{LIBRARY}/domain/evidence.py",
        "return sum(1 for owner in owners if self.since.get(owner, self.at) > self.at - within)",
        "return sum(1 for owner in owners)",
        ("tests/domain/test_linking.py",),
    ),
    Guard(
        "a kind that no rule names owns no event",
        f"{LIBRARY}/domain/extraction.py",
        "return identifiers if identifiers and rules.rule(identifiers[0].kind) else ()",
        "return identifiers",
        ("tests/domain/test_extraction.py",),
    ),
    Guard(
        "a list that may lack something of the window is not believed",
        f"{LIBRARY}/domain/leaves.py",
        "    return bool(oldest > low)\n",
        "    return False\n",
        ("tests/world/test_full_lists.py",),
    ),
    Guard(
        "a new catalog asks all segments, whatever has changed",
        f"{LIBRARY}/pipeline/evaluate.py",
        "if changed is None or head.catalog != self.live.version:",
        "if changed is None:",
        ("tests/world/test_time.py",),
    ),
    Guard(
        "the next change is that of the tree, as soon as one of its conditions turns it",
        f"{LIBRARY}/domain/compiling.py",
        "if not turn.sure or tried == _TRIES or self.is_member(person, turn.at) is not before:",
        "if not turn.sure or tried == _TRIES or self.is_member(person, turn.at) is before:",
        ("tests/domain/test_evaluation.py",),
    ),
    Guard(
        "after a transition the versions are read again",
        f"{LIBRARY}/pipeline/evaluate.py",
        "return not moved or (self._is_current() and self._is_still(home, snapshot, skipped))",
        "return not moved or self._is_current()",
        ("tests/world/test_looking_twice.py",),
    ),
    Guard(
        "a membership is written only over the transition that was read",
        f"{LIBRARY}/stores/memberships.py",
        'self._database.put("memberships", to_item(membership), was=membership.version)',
        'self._database.put("memberships", {**to_item(membership), "v": membership.version + 1})',
        ("tests/world/test_looking_twice.py",),
    ),
    Guard(
        "a definition that goes live folds the history that nobody kept",
        f"{LIBRARY}/pipeline/backfill.py",
        "if part.version or part.state.count:",
        "if False:",
        ("tests/world/test_time.py",),
    ),
    Guard(
        "who joins a profile brings the history that nobody kept",
        f"{LIBRARY}/pipeline/backfill.py",
        "(owner, 0 if owner in joined else since)",
        "(owner, since)",
        ("tests/world/test_joining.py",),
    ),
    Guard(
        "a person of many identifiers who was evaluated just now is put off",
        f"{LIBRARY}/pipeline/evaluate.py",
        "if is_change and self._waits(home, head, changed) and self._put_off(home, head, others):",
        "if False:",
        ("tests/world/test_turns.py",),
    ),
    Guard(
        "who is put off has a timer",
        f"{LIBRARY}/pipeline/evaluate.py",
        "self._wait(home.profile_id, due, 0)",
        "pass",
        ("tests/world/test_turns.py",),
    ),
    Guard(
        "who is read with parts is skipped no more",
        f"{LIBRARY}/pipeline/evaluate.py",
        "if told != head:",
        "if False:",
        ("tests/world/test_skipping.py",),
    ),
    Guard(
        "a new definition looks at everybody",
        f"{LIBRARY}/domain/heads.py",
        "return head.skipped if head.catalog == catalog and",
        "return head.skipped if",
        ("tests/world/test_skipping.py",),
    ),
    Guard(
        "a window of SQL leaves out the instant at which it begins",
        f"{LIBRARY}/analytics/windows.py",
        "exp.GT(this=at.copy(), expression=whole(after))",
        "exp.GTE(this=at.copy(), expression=whole(after))",
        ("tests/analytics/test_each.py",),
    ),
    Guard(
        "SQL looks for those who did nothing",
        f"{LIBRARY}/analytics/silence.py",
        "return True in _truths(segment.where, segments)",
        "return False",
        ("tests/analytics/test_each.py",),
    ),
    Guard(
        "what is not of the lake is not read by its engine",
        f"{LIBRARY}/adapters/lake_engine.py",
        'database.execute("SET enable_external_access = false")',
        "pass",
        ("tests/adapters/test_lake_engine.py",),
    ),
    Guard(
        "two that were cut apart do not come together",
        f"{LIBRARY}/domain/linking.py",
        "if _is_cut(owners, (profiles[root] for root in roots)):",
        "if False:",
        ("tests/functions/test_unmerge_api.py",),
    ),
    Guard(
        "two groups that a pair ties are one, for all of their owners",
        f"{LIBRARY}/domain/graph.py",
        "groups[owner] = larger",
        "pass",
        ("tests/domain/test_splits.py",),
    ),
    Guard(
        "who stays is not led to the other side",
        f"{LIBRARY}/domain/splits.py",
        "links += _led_astray(graph, staying)",
        "pass",
        ("tests/domain/test_splits.py",),
    ),
    Guard(
        "who ties too many within an hour is held",
        f"{LIBRARY}/pipeline/resolve.py",
        "if decision.step and self._is_storm(decision.step, profiles, event):",
        "if False:",
        ("tests/functions/test_storms.py",),
    ),
    Guard(
        "who is held ties nobody",
        f"{LIBRARY}/domain/claims.py",
        "elif kept and _is_held(owner, kept, homes, profiles):",
        "elif False:",
        ("tests/functions/test_storms.py",),
    ),
    Guard(
        "who left a profile between two reads is looked for again",
        f"{LIBRARY}/pipeline/resolve.py",
        "if any(owner not in profiles[home].owners for owner, home in homes.items()):",
        "if False:",
        ("tests/world/test_between_reads.py",),
    ),
    Guard(
        "who reads a row of a version that it does not know reads the catalog first",
        f"{LIBRARY}/pipeline/evaluate.py",
        "if is_newer(before.values(), self.live):",
        "if False:",
        ("tests/world/test_backfills.py",),
    ),
    Guard(
        "who decided by an older catalog decides again",
        f"{LIBRARY}/pipeline/evaluate.py",
        "return self.live.version == version",
        "return True",
        ("tests/world/test_backfills.py",),
    ),
    Guard(
        "a version that was told nothing yet is not announced as its people move",
        f"{LIBRARY}/domain/memberships.py",
        "number=0, silent=True, version=before.version if before else 0",
        "number=1, version=before.version if before else 0",
        ("tests/world/test_backfills.py",),
    ),
    Guard(
        "what a new version does is marked",
        f"{LIBRARY}/domain/memberships.py",
        'return replace(membership, backfill=True, reason="backfill")',
        "return membership",
        ("tests/world/test_backfills.py",),
    ),
    Guard(
        "segments that are too much together are refused",
        f"{LIBRARY}/stores/catalog.py",
        '            _check(after, "where")\n            for segment',
        "            for segment",
        ("tests/domain/test_costs.py",),
    ),
    Guard(
        "a stream handler stops at the first group that fails",
        f"{LIBRARY}/adapters/streams.py",
        'return {"batchItemFailures": [{"itemIdentifier": first.sequence}]}',
        "continue",
        ("tests/adapters/test_streams.py",),
    ),
    Guard(
        "an event whose key is taken is compared, and set aside if it differs",
        f"{LIBRARY}/pipeline/ingest.py",
        'if binary(item, "print") != standing[key_of(item)]:',
        "if False:",
        ("tests/pipeline/test_ingest.py",),
    ),
    Guard(
        "somebody of whom nothing is kept is decided all the same",
        f"{LIBRARY}/pipeline/resolve.py",
        "if is_new and self.live.welcomes(owner):",
        "if False:",
        ("tests/world/test_newcomers.py",),
    ),
    Guard(
        "tick goes on from its cursor, not from now",
        f"{LIBRARY}/pipeline/tick.py",
        "start, handed = at - OVERLAP if at else now - FIRST, 0",
        "start, handed = now - OVERLAP, 0",
        ("tests/world/test_time.py",),
    ),
    Guard(
        "what a merge carries over is nobody's news",
        f"{LIBRARY}/pipeline/announce.py",
        "if after is None or after.silent:",
        "if after is None:",
        ("tests/world/test_time.py",),
    ),
    Guard(
        "a profile that is being erased takes nobody in",
        f"{LIBRARY}/pipeline/seizing.py",
        "if profile and not profile.erased:",
        "if False:",
        ("tests/world/test_erasing_at_once.py",),
    ),
    Guard(
        "an erasure is done only once a late round finds nothing",
        f"{LIBRARY}/domain/privacy_requests.py",
        "return request.round >= len(SETTLED) and not any(request.last.values())",
        "return True",
        ("tests/world/test_erasing_at_once.py",),
    ),
    Guard(
        "a grant without proof is nobody's who is known",
        f"{LIBRARY}/domain/standing.py",
        "return said.word.proven or not self.known or purpose.devices",
        "return True",
        ("tests/domain/test_standing.py",),
    ),
    Guard(
        "a denial holds on any device, whatever was granted signed in before",
        f"{LIBRARY}/domain/standing.py",
        'return Standing(False, "denied", denied)',
        'return Standing(signed_in is not None, "denied", denied)',
        ("tests/domain/test_standing.py",),
    ),
    Guard(
        "what is opened for somebody is written down before it leaves",
        f"{LIBRARY}/adapters/routes.py",
        '    record("done", call.seen)\n    return content',
        "    return content",
        ("tests/functions/test_audited.py",),
    ),
    Guard(
        "a row of the audit trail follows the one before",
        f"{LIBRARY}/domain/audit_verifying.py",
        "if self._head and (row.previous != self._head.hash or row.after):",
        "if False:",
        ("tests/domain/test_audit.py",),
    ),
    Guard(
        "nobody agrees to an export of their own",
        f"{LIBRARY}/domain/exports.py",
        "if export.by == caller.subject:",
        "if False:",
        ("tests/functions/test_exports_api.py",),
    ),
    Guard(
        "who is restricted is in no export",
        f"{LIBRARY}/pipeline/export_worker.py",
        "if person.restricted:",
        "if False:",
        ("tests/world/test_exporting.py",),
    ),
    Guard(
        "whoever is refused is written down",
        f"{LIBRARY}/adapters/routes.py",
        "            recorder.refuse(request, caller, what=route.name, values=values)\n",
        "            pass\n",
        ("tests/functions/test_audited.py",),
    ),
    Guard(
        "an erasure reaches what streams gave up",
        f"{LIBRARY}/pipeline/erase_worker.py",
        "*SWEPT, GIVEN_UP, *(",
        "*SWEPT, *(",
        ("tests/world/test_erasing.py",),
    ),
    Guard(
        "a section of the GPP that nobody reads counts as an opt-out",
        f"{LIBRARY}/domain/gpp_strings.py",
        "    if layouts is None:\n        return _ALL\n",
        "    if layouts is None:\n        return frozenset()\n",
        ("tests/domain/test_consent_strings.py",),
    ),
    Guard(
        "an opt-out stands under each identifier of the person",
        f"{LIBRARY}/pipeline/opting_out.py",
        "            for each in owners\n        )\n\n    def _since",
        "            for each in owners[:1]\n        )\n\n    def _since",
        ("tests/world/test_opting_out.py",),
    ),
    Guard(
        "a key is wrapped anew only where its row is as it was read",
        f"{LIBRARY}/stores/vault.py",
        'self._database.put("vault", {**item, "wrapped": wrapped}, was=number(item, "v"))',
        'self._database.put("vault", {**item, "wrapped": wrapped})',
        ("tests/pipeline/test_rotation.py",),
    ),
    Guard(
        "nothing is carried back before the ledger was replayed",
        f"{LIBRARY}/pipeline/recovery.py",
        "if not is_done and self._wish().erase:",
        "if False:",
        ("tests/world/test_recovery.py::test_the_restored_copy_never_reaches_a_live_table_with_somebody_erased",),
    ),
    Guard(
        "nobody is seized who is held for a case",
        f"{LIBRARY}/pipeline/erase_worker.py",
        "left = [owner for owner in owners if owner not in held]",
        "left = list(owners)",
        ("tests/world/test_legal_holds.py",),
    ),
    Guard(
        "a sum begins with what was sealed of it",
        f"{LIBRARY}/domain/parts.py",
        "    state = part.sealed\n",
        "    state = EMPTY\n",
        ("tests/domain/test_sealing.py",),
    ),
    Guard(
        "who comes while somebody is forgotten is counted from what is left",
        f"{LIBRARY}/pipeline/forgetting.py",
        "        self._sealing.refold(owner)\n",
        "",
        ("tests/world/test_retaining.py", "tests/world/test_retaining_at_once.py"),
    ),
    Guard(
        "a trait whose event let go of it is what was kept of that event",
        f"{LIBRARY}/domain/parts.py",
        "    state = recalled(state, before.state if before else EMPTY)\n",
        "",
        ("tests/world/test_field_periods.py",),
    ),
    Guard(
        "an event lets go of its traits only once they are counted",
        f"{LIBRARY}/pipeline/retaining.py",
        "may = says and (kind_of(owner) == NOBODY or self._sealing.keep_traits(owner))",
        "may = says",
        ("tests/world/test_field_periods.py",),
    ),
    Guard(
        "a journey is published as its draft was read",
        f"{LIBRARY}/pipeline/journeys.py",
        "self._write(releases, [live, *older], as_read, journey=journey)",
        "self._write(releases, [live, *older], journey=journey)",
        ("tests/functions/test_journeys_api.py::test_a_draft_that_changes_while_its_machine_is_made_is_not_published",),
    ),
    Guard(
        "no segment goes that a journey names which people go through",
        f"{LIBRARY}/stores/catalog.py",
        "        if gone & segments_of(one.journey):",
        "        if False:",
        ("tests/functions/test_journeys_api.py::test_the_store_itself_keeps_the_segments_of_live_journeys",),
    ),
    Guard(
        "a value that is a whole address leads to a page, or the message is not sent",
        f"{LIBRARY}/domain/template_values.py",
        'return escape(text) if is_address(text) else ""',
        "return escape(text)",
        ("tests/domain/test_templates.py",),
    ),
    Guard(
        "who is restricted has an empty inbox",
        f"{LIBRARY}/pipeline/inbox.py",
        "return () if any(marks) else owners",
        "return owners",
        ("tests/functions/test_inbox.py",),
    ),
    Guard(
        "a person is in one group of a trial, by the first passage",
        f"{LIBRARY}/analytics/journey_counts.py",
        "PARTITION BY trial, place, person ORDER BY began, passage",
        "PARTITION BY trial, place, passage ORDER BY began, passage",
        ("tests/analytics/test_journey_trials.py",),
    ),
    Guard(
        "what a journey did keeps nobody from being forgotten",
        f"{LIBRARY}/domain/forgetting.py",
        "for event in events if not is_own(event)]",
        "for event in events]",
        ("tests/domain/test_journey_events.py",),
    ),
    Guard(
        "a message is claimed over what everybody decided as it was read",
        f"{LIBRARY}/pipeline/gate.py",
        "names = (RESTRICTED, CONSENT) if asked else (RESTRICTED,)",
        "names = (RESTRICTED,)",
        ("tests/world/test_sends_at_once.py",),
    ),
    Guard(
        "a claim that was found without a result is not sent again",
        f"{LIBRARY}/pipeline/deliveries.py",
        """        if message is not None:
            return self._deliverer.known(message, passage)
""",
        "",
        ("tests/pipeline/test_delivering.py",),
    ),
    Guard(
        "what came before somebody held lets them go",
        f"{LIBRARY}/pipeline/stepping.py",
        "self._travellers.news(arrived.home, arrived.one, passage.since)",
        "()",
        ("tests/world/test_passages.py",),
    ),
    Guard(
        "whoever lets somebody in holds the lock of their entries",
        f"{LIBRARY}/pipeline/entering.py",
        "        self._database.transact([put_passage(stamped(passage, one.journey)), locked, *is_still(home)])\n",
        "        self._database.transact([put_passage(stamped(passage, one.journey))])\n",
        ("tests/world/test_passages.py",),
    ),
    Guard(
        "an address is asked after in all its spellings",
        f"{LIBRARY}/domain/addresses.py",
        "return (self.owner, *self.also)",
        "return (self.owner,)",
        ("tests/pipeline/test_spellings.py",),
    ),
    Guard(
        "a complaint is lifted for identifiers of the person alone",
        f"{LIBRARY}/pipeline/suppressions.py",
        "return self.own or self.suppressed.reason != COMPLAINT",
        "return True",
        ("tests/functions/test_suppressions.py",),
    ),
    Guard(
        "whoever was let in is started whatever has become of the version",
        f"{LIBRARY}/pipeline/entering.py",
        """            if not passage.place:
                self._begin(passage, home, live)
""",
        "            pass\n",
        ("tests/world/test_entries_begun.py::test_an_entry_that_was_not_started_goes_on_as_its_version_does",),
    ),
    Guard(
        "a message that skips quiet hours waits for a provider that is busy",
        f"{LIBRARY}/domain/journey_machines.py",
        "            case Send():\n                targets",
        '            case Send(quiet="hold"):\n                targets',
        ("tests/domain/test_journey_machines.py",),
    ),
)


SELDOM = frozenset(  # tried by `python -m tests.mutation` alone: with all of them `make check` would take too long
    {
        "an event that may be too large for an item is measured",
        "an upload looks for replacements after it wrote to the roster",
        "a part is written only under the version that was read",
        "a part that nothing read for a while is folded anew",
        "a correction counts later than what it corrects",
        "an order without a rate is not counted as it is",
        "a rebuild writes nothing that is right",
        "a rebuild reads the events again when a part changed meanwhile",
        "a part that is not there is folded from the stored events",
        "a part that was folded anew is saved although its marks are the same",
        "a part that changed meanwhile is folded from a new reading",
        "attachments older than the window of a limit do not count against it",
        "a kind that no rule names owns no event",
        "a list that may lack something of the window is not believed",
        "the next change is that of the tree, as soon as one of its conditions turns it",
        "a definition that goes live folds the history that nobody kept",
        "who joins a profile brings the history that nobody kept",
        "a person of many identifiers who was evaluated just now is put off",
        "who is put off has a timer",
        "who is read with parts is skipped no more",
        "a new definition looks at everybody",
        "a window of SQL leaves out the instant at which it begins",
        "SQL looks for those who did nothing",
        "what is not of the lake is not read by its engine",
        "two groups that a pair ties are one, for all of their owners",
        "who stays is not led to the other side",
        "who left a profile between two reads is looked for again",
        "who reads a row of a version that it does not know reads the catalog first",
        "who decided by an older catalog decides again",
        "what a new version does is marked",
        "segments that are too much together are refused",
        "somebody of whom nothing is kept is decided all the same",
        "tick goes on from its cursor, not from now",
        "what a merge carries over is nobody's news",
        "who is held ties nobody",
        "nobody is seized who is held for a case",
        "an erasure reaches what streams gave up",
        "an event at or below the floor is folded anew",
        "a part folded for another watch is folded anew",
        "look-ups follow tombstones",
        "who is restricted is in no export",
        "a trait whose event let go of it is what was kept of that event",
    }
)


def standing(guard: Guard, root: Path) -> str:
    """Read the file that a guard stands in. Raises ValueError if it does not stand there once."""
    source = (root / guard.file).read_text()
    if source.count(guard.code) != 1:
        raise ValueError(f"{guard.file} holds the guard {guard.name!r} {source.count(guard.code)} times, not once")
    return source


def notices(guard: Guard, copy: Path) -> bool:
    """Switch a guard off in a copy of the repository, run its tests there; say whether one failed."""
    path, source = copy / guard.file, standing(guard, copy)
    try:
        path.write_text(source.replace(guard.code, guard.without))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *guard.tests]
        environment = {**os.environ, "HYPOTHESIS_PROFILE": "first"}
        result = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    finally:
        path.write_text(source)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"the tests of {guard.name!r} did not run:\n{result.stdout[-2_000:]}")
    return result.returncode == 1


def copy_to(folder: Path) -> Path:
    """Copy what the tests need, so that nobody ever works with a guard switched off."""
    ignore = shutil.ignore_patterns("__pycache__", "data", "node_modules", "e2e")
    for name in ("layers", "functions", "local", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def main() -> None:
    """Try every guard and say which ones nobody would miss."""
    missed = []
    with TemporaryDirectory() as folder:
        copy = copy_to(Path(folder))
        for guard in GUARDS:
            noticed = notices(guard, copy)
            sys.stdout.write(f"{'red  ' if noticed else 'GREEN'}  {guard.name}\n")
            missed += [] if noticed else [guard.name]
    sys.exit(f"nobody notices: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
