"""
What is proven of access and privacy, and by which tests: attacks A1 to A30, promises P1 to P26.

`python -m tests.matrix` writes it into docs/assurance.md. A row names the tests that prove it; `void` says why there is
nothing to prove, `later` what part of it comes with something that is not built yet.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "assurance.md"
MADE = "made by `make docs`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the matrix: what is tried or promised, what comes of it, and who says so."""

    id: str
    what: str
    so: str
    proofs: Sequence[str] = ()
    later: str = ""
    void: str = ""


def _row(id: str, what: str, so: str, *proofs: str, later: str = "", void: str = "") -> Row:
    return Row(id=id, what=what, so=so, proofs=proofs, later=later, void=void)


_ROUTES = "tests/functions/test_access.py::"
_TOKENS = "tests/attacks/test_tokens.py::"
_REQUESTS = "tests/attacks/test_requests.py::"
_EVENTS = "tests/attacks/test_events.py::"
_TEMPLATE = "tests/infra/test_attacks.py::"
_GATEWAY = "tests/infra/test_http_api.py::"
_AUDIT = "tests/domain/test_audit.py::"
_AUDITED = "tests/functions/test_audited.py::"
_KEYS = "tests/functions/test_keys_api.py::"
_WRITE_KEYS = "tests/functions/test_write_keys.py::"
_METER = "tests/pipeline/test_meter.py::"
_ERASING = "tests/world/test_erasing.py::"
_KEEPING = "tests/world/test_keeping_journeys.py::"
_JOURNEYS = "tests/world/test_forgetting_journeys.py::"
_DELIVERING = "tests/pipeline/test_delivering.py::"
_SETTLING = "tests/pipeline/test_settling.py::"
_AT_ONCE = "tests/world/test_sends_at_once.py::"
_TEMPLATES = "tests/domain/test_templates.py::"
_HOOKS = "tests/adapters/test_webhooks.py::"
_HOOKS_API = "tests/functions/test_webhooks_api.py::"
_RECOVERED = "tests/world/test_recovering_journeys.py::"
_ERASED = "tests/e2e/test_erased.py::"
_STANDING = "tests/domain/test_standing.py::"
_RESTRICTING = "tests/world/test_restricting.py::"
_SEALING = "tests/adapters/test_sealing.py::"
_CONSENT = "tests/world/test_consent.py::"
_EXPORTS = "tests/functions/test_exports_api.py::"
_RECOVERY = "tests/world/test_recovery.py::"
_RETAINING = "tests/world/test_retaining.py::"
_STRINGS = "tests/domain/test_consent_strings.py::"

ATTACKS: Sequence[Row] = (
    _row(
        "A1",
        "no token, an empty one, `Bearer null`, two of them, a token in another header or in the query",
        "401 on every route",
        f"{_TOKENS}test_no_route_believes_a_forged_token_another_token_or_a_write_key",
        f"{_TOKENS}test_a_token_counts_in_its_own_header_only",
    ),
    _row(
        "A2",
        "a token without a signature, signed with the public key, by another key, with a key that it names itself;"
        " a flood of made-up names of keys",
        "401 on every route, and the keys of the pool are fetched no oftener",
        f"{_TOKENS}test_no_route_believes_a_forged_token_another_token_or_a_write_key",
        "tests/adapters/test_tokens.py::test_no_other_token_is_believed",
        "tests/adapters/test_tokens.py::test_keys_are_fetched_once_and_names_that_are_made_up_fetch_no_more",
    ),
    _row(
        "A3",
        "a token that has ended, does not hold yet, is of another pool or client, or an id token",
        "401 on every route, at the gateway and again in the function",
        f"{_TOKENS}test_no_route_believes_a_forged_token_another_token_or_a_write_key",
        f"{_GATEWAY}test_all_other_routes_need_a_token_of_the_pool",
        f"{_GATEWAY}test_a_token_must_be_made_for_this_client",
    ),
    _row(
        "A4",
        "the right token without the scope: every route of the description, as every role",
        "403, and a row in the audit trail",
        f"{_ROUTES}test_the_matrix_below_holds_every_route_that_the_description_guards",
        f"{_ROUTES}test_a_role_may_ask_what_its_scopes_say_and_nothing_else",
        f"{_GATEWAY}test_a_described_route_is_open_to_whom_it_says",
        f"{_AUDITED}test_a_request_leaves_what_its_route_says",
        f"{_AUDITED}test_a_flood_of_refused_requests_makes_few_rows_that_add_up_to_all_of_them",
    ),
    _row(
        "A5",
        "groups that only look like a role: `[notadmin]`, unclosed brackets, other letters that look alike",
        "403",
        f"{_ROUTES}test_no_route_takes_what_only_looks_like_a_role",
        "tests/domain/test_roles.py::test_reads_no_group_from_any_other_form",
        "tests/domain/test_roles.py::test_nothing_else_makes_a_program",
    ),
    _row(
        "A6",
        "another tenant in body, path, query or header",
        "",
        void="a deployment is one workspace: there are no tenants",
    ),
    _row(
        "A7",
        "ids of nobody, of somebody erased, of what another team sees; a cursor of another list",
        "answered as something that never was; a segment of another team is refused whether there is one or not",
        f"{_REQUESTS}test_an_id_of_nothing_is_answered_as_nothing_and_is_not_repeated",
        f"{_REQUESTS}test_whoever_was_erased_is_answered_as_somebody_who_never_was",
        "tests/functions/test_teams_api.py::test_a_segment_that_is_not_seen_is_refused_whether_there_is_one_or_not",
        "tests/functions/test_profile_api.py::test_an_unknown_person_costs_the_same_reads_as_nonsense",
        "tests/functions/test_hostile_requests.py::test_a_cursor_of_one_list_opens_no_other",
    ),
    _row(
        "A8",
        "a write key on a route of the API; a server key in a page or an address; a revoked key; the key of a source"
        " that is gone",
        "refused; a revoked key within a minute; no address is logged",
        f"{_TOKENS}test_no_route_believes_a_forged_token_another_token_or_a_write_key",
        "tests/domain/test_write_keys.py::test_a_server_key_never_comes_where_anybody_can_read_it",
        f"{_WRITE_KEYS}test_a_server_key_in_the_address_of_an_image_is_refused",
        "tests/pipeline/test_ingest.py::test_a_new_key_writes_at_once_and_a_revoked_one_a_minute_more",
        f"{_KEYS}test_a_deleted_source_takes_its_keys_along",
        f"{_GATEWAY}test_access_logs_name_nobody",
    ),
    _row(
        "A9",
        "a public key that grants consent for others, ties people together or deletes",
        "it can deny in anybody's name and grant in nobody's; other kinds of calls do nothing",
        "tests/functions/test_consent_api.py::test_a_public_key_denies_in_anybodys_name_and_grants_in_nobodys",
        f"{_EVENTS}test_a_kind_of_call_that_no_sdk_makes_does_nothing",
        f"{_EVENTS}test_an_event_named_as_a_deed_of_the_platform_is_an_event",
        f"{_WRITE_KEYS}test_who_does_not_is_stored_for_the_device_alone",
    ),
    _row(
        "A10",
        "somebody claims the address or user id of somebody else",
        "what was proven is not given to a claim",
        "tests/pipeline/test_take_over.py::test_an_address_that_nobody_proved_is_not_given_to_a_proven_person",
        "tests/pipeline/test_take_over.py::test_a_visitor_who_claims_a_proven_address_keeps_a_profile_of_their_own",
        "tests/functions/test_unmerge_api.py::test_the_same_false_claim_does_not_come_back_until_it_is_released",
    ),
    _row(
        "A11",
        "fields that the platform keeps itself, in an event or in the body of a request: role, verified, score,"
        " segments, owner",
        "an event is stored as without them; a request is refused",
        f"{_EVENTS}test_fields_that_the_platform_keeps_itself_are_not_taken_from_a_sender",
        f"{_REQUESTS}test_a_field_that_nobody_offers_changes_nothing",
    ),
    _row(
        "A12",
        "a role that may not read personal fields looks for them in every answer of every route, errors and pages too",
        "no value of the person stands in any of them",
        f"{_ROUTES}test_whoever_may_not_read_personal_fields_sees_none_in_any_shape",
        f"{_ROUTES}test_whoever_may_read_them_sees_all",
        f"{_AUDITED}test_a_route_that_opens_fields_and_does_not_say_so_fails_closed",
    ),
    _row(
        "A13",
        "approving one's own export, or an approval used again, or for something else than was shown",
        "refused, whichever token of theirs comes; what changes after the approval ends it",
        f"{_EXPORTS}test_a13_nobody_agrees_to_their_own_export_with_any_token",
        f"{_EXPORTS}test_a13_programs_never_agree",
        f"{_EXPORTS}test_a13_an_approval_is_for_one_time",
        f"{_EXPORTS}test_a13_an_edit_after_the_approval_ends_it_too",
        f"{_EXPORTS}test_a13_what_is_agreed_to_is_named_by_its_print",
    ),
    _row(
        "A14",
        "a signed address after the role is gone, or of somebody else",
        "no address is made; one that was made holds a quarter of an hour, for whoever has it",
        f"{_EXPORTS}test_a14_a_file_is_given_to_nobody_else",
        f"{_EXPORTS}test_a14_who_lost_a_role_gets_no_link",
        f"{_EXPORTS}test_a14_who_left_a_team_gets_no_link_and_no_export",
        f"{_EXPORTS}test_a14_a_link_never_outlives_its_file_and_ends_with_a_cancel",
    ),
    _row(
        "A15",
        "a page of another origin asks, with what the browser holds",
        "no credential goes along with a request: tokens are sent by programs alone, and no answer allows credentials",
        f"{_GATEWAY}test_a_browser_anywhere_may_call_and_see_when_to_retry",
        f"{_GATEWAY}test_the_gateway_answers_preflights_itself",
        f"{_REQUESTS}test_no_header_changes_what_is_asked_or_who_asks",
        "tests/local/test_guard.py::test_a_foreign_page_learns_nothing_and_does_nothing",
    ),
    _row(
        "A16",
        "other methods, headers that name a method or an address, slashes, escapes and letter case around a route",
        "401, 404 or 405, never an answer",
        f"{_REQUESTS}test_an_address_that_is_nearly_one_is_no_way_around_a_scope",
        f"{_REQUESTS}test_a_method_that_is_none_of_the_route_is_refused",
        f"{_REQUESTS}test_no_header_changes_what_is_asked_or_who_asks",
        "tests/functions/test_hostile_requests.py::test_only_exact_addresses_are_answered",
        f"{_GATEWAY}test_what_is_personal_stays_guarded",
        f"{_GATEWAY}test_exactly_these_routes_need_no_token",
    ),
    _row(
        "A17",
        "around the CDN, to the API's own address",
        "",
        void="nothing stands before the API that could be gone around",
    ),
    _row(
        "A18",
        "oversized headers and bodies, nested bodies, odd bytes",
        "an answer in our words, never a failure",
        f"{_REQUESTS}test_no_header_changes_what_is_asked_or_who_asks",
        "tests/functions/test_hostile_requests.py::test_no_request_makes_a_failure_of_ours",
        "tests/local/test_front.py::test_a_body_that_the_gateway_would_refuse_is_refused",
    ),
    _row(
        "A19",
        "a request of a server sent again",
        "it counts once, however late it comes; requests are not signed, and a signed user id is of the person, not"
        " of the request",
        "tests/pipeline/test_ingest.py::test_stores_a_repeated_call_once",
        "tests/domain/test_proofs.py::test_a_hash_proves_its_own_claim_only",
    ),
    _row(
        "A20",
        "two changes of roles at once, the last admin removed",
        "",
        void="roles are groups of the user pool, which the account's own admins change ([access.md](access.md))",
    ),
    _row(
        "A21",
        "more requests than may be: of a key, of an address, of many; where they cannot be counted",
        "refused about where the quota is; where tables do not count, events are taken and each process counts",
        f"{_METER}test_a_flood_is_stopped_about_where_the_quota_is",
        f"{_METER}test_each_address_has_a_quota_of_its_own",
        f"{_METER}test_each_key_has_a_quota_of_its_own",
        f"{_METER}test_counting_goes_on_where_the_tables_do_not",
        f"{_GATEWAY}test_the_api_is_throttled",
    ),
    _row(
        "A22",
        "a cursor that was changed, or of another list or workspace",
        "400",
        "tests/domain/test_cursors.py::test_notices_every_changed_letter",
        "tests/domain/test_cursors.py::test_another_workspace_signs_with_another_key",
        "tests/domain/test_cursors.py::test_refuses_any_text_in_our_own_words",
    ),
    _row(
        "A23",
        "scripts and formulas in what customers send, for those who look at it",
        "CSV holds no formula, pages no script, the terminal shows control characters",
        "tests/cli/test_query.py::test_writes_csv_in_which_nothing_is_a_formula",
        "tests/cli/test_audit.py::test_csv_is_no_formula",
        "tests/cli/test_privacy.py::test_access_gives_everything_of_the_person_and_nothing_of_others",
        "tests/functions/test_preferences.py::test_a_page_shows_what_a_person_is_asked_for_and_nothing_of_who_they_are",
        "tests/cli/test_output.py::test_control_characters_are_made_visible",
    ),
    _row(
        "A24",
        "a row of the audit trail edited, dropped, put in, moved, dated back; the whole chain written anew",
        "found in that row, by anybody, with the platform or without",
        f"{_AUDITED}test_tampering_of_any_single_row_is_found",
        f"{_AUDIT}test_a_change_of_any_field_of_any_row_is_found_in_that_row",
        f"{_AUDIT}test_rows_in_another_order_or_twice_are_found",
        f"{_AUDIT}test_a_row_that_is_dated_back_is_found",
        f"{_AUDIT}test_a_chain_that_is_written_anew_is_found_by_its_anchor",
        "tests/infra/test_buckets.py::test_nobody_may_remove_or_hide_an_anchor",
    ),
    _row(
        "A25",
        "a function that somebody took over: 24 actions that none needs, each role of a function",
        "none is allowed, but what one of them is for: letters and texts to people, and the role of state machines that"
        " it makes; what each may do is listed and compared with the template",
        f"{_TEMPLATE}test_no_role_of_a_function_may_do_what_nothing_here_needs",
        f"{_TEMPLATE}test_nobody_but_the_platform_may_take_on_a_role",
        "tests/infra/test_permissions.py::test_a_function_does_exactly_this_with_tables",
        "tests/infra/test_permissions.py::test_texts_go_to_numbers_and_letters_come_from_the_domain_of_the_sender",
        "tests/infra/test_permissions.py::test_only_who_publishes_journeys_makes_state_machines_of_that_stage_for_that_role",
        "tests/infra/test_permissions.py::test_only_these_open_the_workspace_key",
        "tests/infra/test_permissions.py::test_no_action_is_a_pattern",
    ),
    _row(
        "A26",
        "secrets in the template, the environment, logs, errors, state machines",
        "there are none",
        f"{_TEMPLATE}test_no_template_holds_a_secret",
        f"{_TEMPLATE}test_no_state_machine_is_told_anything_but_ids",
        "tests/infra/test_functions.py::test_the_environment_holds_no_secret",
        "tests/adapters/test_observability.py::test_tells_an_error_by_its_class_and_place_and_not_by_its_words",
        f"{_SEALING}test_the_vault_holds_no_secret_in_clear",
        f"{_HOOKS_API}test_a_secret_is_kept_sealed_and_bound_to_its_webhook",
    ),
    _row(
        "A27",
        "errors that tell how it is built: traces, names of tables, modules, accounts",
        "a code, a sentence and a link, on every route",
        f"{_REQUESTS}test_no_error_tells_how_it_is_built",
        "tests/adapters/test_http.py::test_answers_what_nobody_expected_without_its_words",
    ),
    _row(
        "A28",
        "reading back a secret that was given to the platform",
        "a secret of a source is shown once and kept by nobody; one of a webhook is shown once and kept sealed",
        f"{_KEYS}test_a_public_key_can_be_read_again_and_a_secret_is_kept_by_nobody",
        f"{_HOOKS_API}test_the_first_secret_is_made_with_the_webhook_and_told_once",
        later="credentials of destinations come with destinations",
    ),
    _row(
        "A29",
        "an address of an inner network, where the platform would ask it",
        "webhooks alone go to an address that somebody named: public ones only, looked up once and called at what was"
        " found, and no redirect is followed",
        f"{_TEMPLATE}test_webhooks_alone_ask_an_address_that_somebody_named",
        f"{_HOOKS_API}test_addresses_that_are_refused",
        f"{_HOOKS}test_what_is_near_is_never_called",
        f"{_HOOKS}test_no_address_of_a_private_network_is_public",
        f"{_HOOKS}test_the_address_that_was_looked_at_is_the_one_that_is_called",
        f"{_HOOKS}test_an_answer_that_is_none_fails_and_only_who_is_busy_is_asked_again",
        f"{_HOOKS}test_this_machine_is_called_only_where_everything_is_on_it",
    ),
    _row(
        "A30",
        "a definition or a template that runs something",
        "definitions are data, patterns have no backtracking; templates have values and sections and nothing else, each"
        " value is escaped for where it stands, and what would grow without bound is not sent",
        "tests/payloads/test_parade.py::test_gets_its_verdict",
        "tests/payloads/test_parade.py::test_a_definition_that_would_run_or_cost_something_is_refused",
        f"{_TEMPLATES}test_what_no_template_says",
        f"{_TEMPLATES}test_what_no_html_says",
        f"{_TEMPLATES}test_a_value_is_a_value_wherever_it_stands",
        f"{_TEMPLATES}test_a_whole_address_of_a_person_is_one_of_a_page_or_the_message_is_not_sent",
        f"{_TEMPLATES}test_what_would_grow_without_bound_is_not_sent",
    ),
)

PROMISES: Sequence[Row] = (
    _row(
        "P1",
        "after an erasure no form of anything that the person said is anywhere: tables, queues, objects and their"
        " versions, logs, runs of state machines, files, temporary folders",
        "26 sealed values and 6 clear ones, each in some 80 forms; no sealed one in any form before it, either."
        " Clear ones stay in streams for a day; runs of journeys name a hash for 90 days",
        f"{_ERASED}test_what_is_sealed_never_stood_anywhere_in_any_form",
        f"{_ERASED}test_nothing_that_they_said_is_left",
        f"{_ERASED}test_no_row_but_those_of_the_ledger_and_the_trail_names_them",
        f"{_ERASED}test_the_walk_finds_what_is_planted",
        f"{_ERASING}test_an_erasure_by_any_identifier_leaves_nothing_but_the_ledger",
    ),
    _row(
        "P2",
        "the same after merges, an unmerge, a failed batch, a replay, an export, a journey under way",
        "the person of P1 was merged, taken apart, refused, given up by a stream, corrected, uploaded, exported; on a"
        " journey they are stopped, and nothing but a complaint is left",
        f"{_ERASED}test_nothing_that_they_said_is_left",
        f"{_ERASED}test_whoever_is_on_a_journey_is_stopped_there",
        f"{_ERASING}test_nothing_is_left_of_what_lies_by_time_and_not_by_person",
        "tests/domain/test_invocation_records.py::test_nobody_who_is_gone_is_named_and_the_records_of_others_stay",
        f"{_ERASING}test_a_split_off_side_stays_and_forgets_by_whom_it_was_tied",
        f"{_ERASING}test_an_erasure_that_is_interrupted_everywhere_goes_on",
        f"{_JOURNEYS}test_all_rows_go_and_whoever_is_under_way_is_stopped",
        f"{_JOURNEYS}test_what_journeys_told_of_them_goes_from_the_lake_too",
        f"{_JOURNEYS}test_a_complaint_outlives_an_erasure_and_a_lift_as_hash_channel_and_instant",
        f"{_JOURNEYS}test_what_comes_back_to_a_claim_of_somebody_erased_writes_nothing",
        f"{_JOURNEYS}test_what_was_written_while_the_first_round_ran_goes_with_the_next",
    ),
    _row(
        "P3",
        "an erasure while events come, people are merged and tables are restored",
        "nothing of the person is left, and nothing of others lost",
        "tests/world/test_erasing_at_once.py::test_nothing_of_the_person_is_left_and_nothing_of_others_lost",
        "tests/world/test_erasing_at_once.py::test_the_race_is_one",
    ),
    _row(
        "P4",
        "late events, duplicates, redrives, replays, rebuilds and restores after an erasure",
        "nothing comes back",
        f"{_ERASED}test_they_are_nobody_and_do_not_come_back",
        f"{_ERASING}test_a_late_event_is_dropped_and_counted",
        f"{_ERASING}test_a_rebuild_brings_nobody_back",
        f"{_ERASING}test_an_erased_identifier_joins_nobody",
        f"{_ERASING}test_a_repeat_takes_away_what_a_restored_table_brought_back",
        f"{_RECOVERY}test_after_a_drill_everything_is_back_but_who_was_erased",
        "tests/world/test_refilling.py::test_whoever_was_erased_is_not_in_the_lake_and_late_files_bring_nobody_back",
        f"{_RECOVERED}test_nothing_told_of_whom_was_erased_comes_back",
    ),
    _row(
        "P5",
        "without its key nothing of a person can be read; copies of keys end after 7 days",
        "the deployed table of keys can be taken back to any second of 7 days, and no longer",
        f"{_SEALING}test_opens_nothing_once_the_key_is_lost",
        f"{_SEALING}test_one_owner_s_key_opens_no_other_s_row",
        f"{_SEALING}test_seals_nothing_for_an_erased_owner",
        f"{_RECOVERY}test_a_backup_of_an_erased_person_opens_with_no_key_that_is_left_and_others_do",
        "tests/pipeline/test_rotation.py::test_whatever_happens_while_it_turns_everything_opens_but_what_is_erased",
        "tests/infra/test_tables.py::test_a_table_can_be_taken_back_to_any_second",
        "tests/infra/test_erasing.py::test_what_the_register_says_of_times_is_what_is_deployed",
    ),
    _row(
        "P6",
        "a destination that refuses to delete keeps the request open",
        "",
        later="destinations; whom a webhook told has to be asked by hand",
    ),
    _row(
        "P7",
        "whoever asks for access gets everything, and nothing of others",
        "what was said, and what was derived",
        "tests/cli/test_privacy.py::test_access_gives_everything_of_the_person_and_nothing_of_others",
        "tests/cli/test_privacy.py::test_a_token_that_may_not_open_gives_no_file",
        "tests/functions/test_sent_api.py::test_all_that_was_sent_is_told_newest_first_with_what_became_of_it",
    ),
    _row(
        "P8",
        "whoever asks for their data to take along gets what they provided and what was observed",
        "",
        "tests/cli/test_privacy.py::test_portability_gives_what_was_provided_and_observed",
    ),
    _row(
        "P9",
        "a withdrawal ends what it was consented to within a minute",
        "the person leaves the segments that need it, and the bus is told; no message is claimed after it, whatever"
        " happens at once. A complaint withdraws, too",
        f"{_CONSENT}test_a_withdrawal_is_told_within_a_minute",
        "tests/functions/test_consent_api.py::test_a_segment_has_only_whom_it_may_reach_and_loses_them_with_their_consent",
        "tests/functions/test_preferences.py::test_one_click_withdraws_once_from_what_the_letter_is_about",
        f"{_AT_ONCE}test_a_message_is_claimed_once_and_only_while_it_may_go_out",
        f"{_SETTLING}test_a_complaint_withdraws_from_what_the_message_was_for_by_its_channel",
    ),
    _row(
        "P10",
        "each purpose at each outlet: without consent it is denied",
        "segments, their members and what reads them; messages of journeys",
        "tests/domain/test_consent_gates.py::test_nobody_is_in_a_segment_whose_purpose_they_do_not_consent_to",
        "tests/domain/test_consent_gates.py::test_segments_agree_with_brute_force_over_random_catalogs",
        "tests/domain/test_consent_gates.py::test_without_a_definition_nothing_is_allowed",
        f"{_DELIVERING}test_without_consent_nothing_is_sent_but_what_needs_none",
        "tests/domain/test_sending.py::test_nothing_goes_to_somebody_of_whom_one_thing_speaks_against_it",
        later="destinations",
    ),
    _row(
        "P11",
        "`Sec-GPC` denies for the device and the person, stays over a merge, and whoever sent it is shown so",
        "",
        "tests/world/test_opting_out.py::test_p11_it_holds_over_a_merge_and_on_both_sides_of_a_split",
        "tests/functions/test_preferences.py::test_p11_the_page_shows_that_the_browsers_signal_is_honoured_and_records_it_once",
        f"{_CONSENT}test_what_a_browser_signals_denies_its_person_and_stays_over_a_merge",
        "tests/pipeline/test_consent.py::test_a_browser_that_asks_not_to_be_tracked_is_noted_for_the_ledger",
        "tests/domain/test_consent.py::test_a_browser_that_opted_out_denies_what_needs_gpc_and_nothing_else",
    ),
    _row(
        "P12",
        "what consent tools say, right or wrong: in doubt it is denied",
        "",
        f"{_STRINGS}test_p12_the_string_of_the_specification_is_read_as_it_says",
        f"{_STRINGS}test_p12_published_strings_of_the_gpp_are_read_as_they_say",
        f"{_STRINGS}test_p12_a_person_consents_by_a_valid_string_alone_and_any_doubt_denies",
        "tests/domain/test_consent.py::test_reads_what_consent_tools_say",
        "tests/domain/test_consent.py::test_what_cannot_be_read_is_a_denial",
        "tests/domain/test_consent.py::test_whatever_is_said_is_read_or_denied",
        f"{_CONSENT}test_strange_categories_are_kept_as_they_are_or_deny",
    ),
    _row(
        "P13",
        "consents that contradict each other, when people are merged: denied; taken apart, both are as before",
        "",
        f"{_STANDING}test_a_merge_that_is_undone_gives_both_sides_again_and_meanwhile_denials_hold",
        f"{_STANDING}test_it_is_that_of_brute_force_in_any_order_and_repetition",
        "tests/functions/test_consent_api.py::test_a_later_denial_on_a_device_holds_and_unmerge_gives_both_sides_again",
    ),
    _row(
        "P14",
        "a restricted person is in nothing that is done with people",
        "segments, their members, the bus, messages and webhooks",
        f"{_RESTRICTING}test_they_leave_all_segments_are_announced_once_and_come_back_when_released",
        f"{_RESTRICTING}test_one_restricted_identifier_restricts_whoever_it_joins",
        f"{_RESTRICTING}test_a_rebuild_and_a_new_segment_leave_them_out",
        f"{_DELIVERING}test_nothing_is_sent_to_somebody_restricted_and_nothing_is_told_of_somebody_erased",
        f"{_DELIVERING}test_no_webhook_is_called_about_somebody_restricted",
        f"{_AT_ONCE}test_a_message_is_claimed_once_and_only_while_it_may_go_out",
        later="previews and SQL over the lake count them; they act on nobody",
    ),
    _row(
        "P15",
        "what is over is not read, and then removed",
        "",
        f"{_RETAINING}test_what_is_past_its_period_is_hidden_before_it_is_deleted",
        f"{_RETAINING}test_a_device_without_a_second_signal_goes_whole",
        f"{_KEEPING}test_who_is_forgotten_leaves_nothing_and_goes_nowhere",
        f"{_KEEPING}test_a_passage_that_ended_without_an_end_gets_the_one_of_its_journey",
        f"{_KEEPING}test_of_who_is_held_all_stays_for_years_and_goes_after_the_hold",
        "tests/world/test_lake_retention.py::test_what_is_past_its_period_is_in_no_view_before_it_goes",
        "tests/world/test_preserving.py::test_events_of_who_is_held_stay_for_years_and_go_after_the_hold",
        "tests/functions/test_resolve_identity.py::test_an_event_that_expired_folds_nothing",
        "tests/infra/test_tables.py::test_what_may_age_out_does",
    ),
    _row(
        "P16",
        "no personal value in logs, traces, metrics and errors",
        "the walk of P1 reads all of them, before the erasure and after",
        f"{_ERASED}test_what_is_sealed_never_stood_anywhere_in_any_form",
        "tests/e2e/test_canaries.py::test_nothing_personal_can_be_read_anywhere",
        "tests/functions/test_ingest.py::test_writes_no_person_to_the_log",
        "tests/adapters/test_observability.py::test_logs_only_fields_that_are_facts",
        "tests/infra/test_functions.py::test_traces_copy_no_payload",
    ),
    _row(
        "P17",
        "personal fields are masked for whoever may not read them",
        "see A12; sensitive ones for all but the role `privacy`",
        f"{_ROUTES}test_whoever_may_not_read_personal_fields_sees_none_in_any_shape",
        "tests/domain/test_roles.py::test_only_the_privacy_role_sees_what_is_sensitive",
    ),
    _row(
        "P18",
        "small numbers tell nothing of one person",
        "counts are shown to those alone who may read the masked profiles that are counted: a count tells them no more",
        "tests/functions/test_access.py::test_whoever_is_told_how_many_may_read_the_profiles_that_are_counted",
    ),
    _row(
        "P19",
        "an erased person is suppressed on every way in within a minute",
        "events, batches, imports, replays, uploads, corrections",
        f"{_SEALING}test_within_a_minute_everybody_knows_who_was_erased",
        f"{_ERASING}test_what_is_sent_uploaded_or_corrected_afterwards_is_refused",
        "tests/pipeline/test_ingest.py::test_stores_nothing_of_an_erased_person",
        "tests/pipeline/test_ingest.py::test_an_event_of_somebody_else_that_names_an_erased_person_is_not_stored",
        f"{_DELIVERING}test_an_erased_person_leaves_nothing_to_send_and_nothing_is_told",
    ),
    _row(
        "P20",
        "the ledger and its copies hold keyed hashes and nothing else",
        "the key under which personal fields lie can be turned; the one under which identifiers are hashed cannot",
        f"{_RECOVERY}test_copies_of_the_ledger_hold_keyed_hashes_only",
        f"{_ERASED}test_no_row_but_those_of_the_ledger_and_the_trail_names_them",
        f"{_ERASING}test_an_erasure_by_any_identifier_leaves_nothing_but_the_ledger",
    ),
    _row(
        "P21",
        "a certificate counts what was removed, says what remains, and can be checked",
        "",
        f"{_ERASED}test_the_certificate_counts_what_was_there_and_names_what_remains",
        f"{_ERASING}test_a_certificate_tells_what_was_found_and_until_when_something_remains",
    ),
    _row(
        "P22",
        "the ledger of consent proves who, when and which text, after an erasure too",
        "by the pseudonym; without its key nobody tells whose it was",
        f"{_CONSENT}test_the_ledger_tells_when_and_what_of_a_pseudonym_whose_key_is_gone",
        "tests/functions/test_consent_api.py::test_the_ledger_lists_every_decision_newest_first_and_in_pages",
    ),
    _row(
        "P23",
        "the register names every place that is deployed",
        "",
        "tests/infra/test_erasing.py::test_everything_that_is_deployed_and_keeps_something_is_in_the_register",
        "tests/infra/test_erasing.py::test_no_kind_of_thing_is_deployed_of_which_nobody_said_whether_it_keeps_something",
        "tests/functions/test_privacy_api.py::test_the_register_says_of_each_place_what_an_erasure_does",
    ),
    _row(
        "P24",
        "nothing leaves the region of the deployment",
        "but messages to the person, and what a webhook is told, wherever its owner runs it",
        f"{_TEMPLATE}test_nothing_leaves_the_region",
    ),
    _row(
        "P25",
        "what is sensitive, or of minors, leaves to nobody that was not named",
        "the bus carries ids; messages go to the person, and to a webhook what its journey names",
        "tests/adapters/test_bus.py::test_tells_who_where_since_when_and_nothing_else",
        "tests/domain/test_roles.py::test_only_the_privacy_role_sees_what_is_sensitive",
        later="destinations",
    ),
    _row(
        "P26",
        "a restored copy is read by nobody before the erasures since are repeated",
        "no function may read a restored table, and nothing is opened until the ledger was replayed",
        f"{_RECOVERY}test_the_restored_copy_never_reaches_a_live_table_with_somebody_erased",
        f"{_RECOVERY}test_while_it_is_closed_nothing_is_hashed_sealed_or_opened_and_no_new_secret_is_made",
        "tests/infra/test_recovery.py::test_no_function_may_read_a_restored_copy",
        f"{_ERASING}test_a_repeat_takes_away_what_a_restored_table_brought_back",
        f"{_ERASING}test_a_repeat_does_not_touch_whoever_was_lifted",
    ),
)
ROWS = (*ATTACKS, *PROMISES)


@cache
def names_in(file: str) -> frozenset[str]:
    """Name what a file defines: its tests, and the tables that tests are made of."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return frozenset(found)


def page(text: str) -> str:
    """Write the two tables between the markers of the page."""
    for name, rows in (("attacks", ATTACKS), ("promises", PROMISES)):
        before, start, rest = text.partition(f"<!-- {name}: {MADE} -->")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}{start}\n{_table(rows)}\n{end}{after}"
    return text


def _table(rows: Sequence[Row]) -> str:
    return "\n".join(["| | what | what comes of it | proven by |", "|---|---|---|---|", *map(_line, rows)])


def _line(row: Row) -> str:
    outcome = "; ".join(filter(None, [row.so, row.void and f"void: {row.void}", row.later and f"to come: {row.later}"]))
    return f"| {row.id} | {row.what} | {outcome} | {'<br>'.join(_links(row)) or '–'} |"


def _links(row: Row) -> Iterator[str]:
    for proof in row.proofs:
        file, _, name = proof.partition("::")
        yield f"[{re.sub('^test_', '', name).replace('_', ' ')}](../{file})"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
