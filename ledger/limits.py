"""Every limit of the ledger, in one place, with its unit last in the name.

The limits on records are part of the written formats (``docs/spec/envelope.md``); those on
requests and walks keep one caller from using up the machine for the others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything the ledger takes or gives at once."""

    # Records: fixed by the format.
    envelope_bytes_max: int = 128 * 1024
    envelope_depth_max: int = 8
    list_elements_max: int = 512
    text_bytes_max: int = 48
    detail_text_bytes_max: int = 1_000
    private_bytes_max: int = 48 * 1024  # what comes with an envelope: 16 values, salts, proofs
    integer_max: int = 2**53 - 1
    record_body_bytes_max: int = 177 * 1024  # an envelope with all that may come with it
    # Time: fixed by the rules.
    ahead_seconds_max: int = 5 * 60
    clock_behind_ms_max: int = 5_000
    clock_ahead_ms_max: int = 24 * 3600 * 1000
    late_seconds: int = 30 * 24 * 3600
    # Findings: fixed by the rules.
    certificate_seconds: int = 90 * 24 * 3600  # how long ago one shown on paper may be issued
    certificate_number_step_max: int = 1_000_000  # above the last: the world issues 50,000 a year
    lookalikes_max: int = 16  # remembered of one likeness, the latest
    kinship_steps_max: int = 1_000  # operations and inputs looked through for a common stone
    # Requests.
    batch_records_max: int = 10_000
    batch_bytes_max: int = 64 * 1024 * 1024
    group_records_max: int = 2_000
    group_bytes_max: int = 16 * 1024 * 1024
    group_parcels_max: int = 4_096  # in and out, of records of many; a second or a few
    group_parcels_untold: int = 64  # counted for a record of others' goods: up to 512, or 1,024
    queue_records_max: int = 50_000
    queue_bytes_max: int = 128 * 1024 * 1024
    page_rows_max: int = 1_000
    page_rows: int = 100
    walk_steps_max: int = 100_000  # operations, and what goes into or comes out of each
    page_rows_judged: int = 20  # parcels, each judged twice by its whole ancestry: some seconds
    # A turn of a recall, such as a page; looking through two lines is a step: some 100 ms.
    recall_steps_max: int = 10_000
    recalls_kept_max: int = 16  # walks that wait for their next page
    recall_width_max: int = 500_000  # parcels that several of these keep in mind: some 200 MB
    story_walk_steps_max: int = 10_000  # look-ups, half of them records that are parsed: a second
    # Facts for a verdict: operations, what goes into each, and records read; and how many origins,
    # and how many groups of parcels that went together are looked at as one.
    facts_steps_max: int = 50_000
    facts_origins_max: int = 256
    facts_groups_max: int = 128
    # Records that judge nothing, such as disputes: passed over without a step, a few of them told.
    facts_talk_max: int = 50_000
    facts_disputes_max: int = 20  # of one parcel
    # Origin bounds by linear programs: how much of a connected history is looked at.
    tightening_operations_max: int = 1_000
    tightening_holdings_max: int = 3_000
    tightening_columns_max: int = 20_000
    tightening_columns_whole: int = 2_000  # over these, one origin and the rest are told apart
    tightening_cases_max: int = 64  # of stones decided either way, for one question
    tightening_iterations_max: int = 20_000  # of one case
    tightening_effort_max: int = 5_000_000  # coefficients looked at: some five seconds
    # A stone's page, which anyone may ask for; and what is looked for on every reading.
    page_walk_steps_max: int = 5_000
    stone_lines_max: int = 60
    mentions_read_max: int = 300
    mentions_per_author_max: int = 3
    finding_answers_max: int = 20
    stone_answers_kept_max: int = 256
    refusal_value_characters_max: int = 80
    # What a client takes of a server that it asks.
    answer_bytes_max: int = 128 * 1024 * 1024
    answer_depth_max: int = 32
    answer_pages_max: int = 10_000
    # Private fields.
    grants_max: int = 256  # parties that one field is shown to
    names_shown_max: int = 1_000  # in one answer: one for each row of a page
    names_admissions_max: int = 20  # of one party, the latest first, that may give its name
    # Links to the page of one parcel: those that were not ended, and all that were ever minted.
    links_live_max: int = 64
    links_ever_max: int = 1_000  # of one parcel by one minter, with those ended
    # Spreadsheets.
    sheet_bytes_max: int = 32 * 1024 * 1024
    sheet_unzipped_bytes_max: int = 256 * 1024 * 1024
    sheet_parts_max: int = 1_000
    sheet_rows_max: int = 100_000
    sheet_columns_max: int = 100
    sheet_cells_max: int = 2_000_000
    sheet_marks_max: int = 16_000_000  # elements and attributes of its XML; some twenty seconds
    sheet_tag_bytes_max: int = 256 * 1024  # from one mark to the next: a tag, and the text after it
    sheet_cell_bytes_max: int = 4_096
    sheet_parties_max: int = 20_000  # looked through for the names of recipients
    sheet_check_rows_max: int = 5_000  # what a server checks for anyone at once
    import_batch_records: int = 100
    journal_bytes_max: int = 1024 * 1024 * 1024
    # Reference tables.
    table_bytes_max: int = 1024 * 1024
    table_rows_max: int = 10_000
    table_cell_bytes_max: int = 600
    definition_bytes_max: int = 128 * 1024
    verdict_reasons_max: int = 500  # of one verdict, those that do not pass first
    reason_grounds_max: int = 100  # records named in one reason, the earliest first
    confirmation_seconds: int = 30 * 24 * 3600  # a Clearance is missed after so long
    travel_kilometres_per_hour: int = 1_000  # faster than this goods do not travel
    # Reports: of how many figures one answer is.
    report_figures_max: int = 20_000
    # Proofs and notes.
    chain_records_max: int = 1_000
    note_signatures_max: int = 100
    note_bytes_max: int = 1024 * 1024
    tree_leaves_max: int = 2**63
    checkpoint_leaves_max: int = 2**63 - 1
    origin_sites_max: int = 64
    # Signing in.
    sign_in_message_bytes_max: int = 4_096
    sign_in_body_bytes_max: int = 16 * 1024
    page_draft_bytes_max: int = 4_096  # shown on a page of at most 60 kB; longer ones by `adamant`
    # Keys in files, and commands that sign.
    keystore_bytes_max: int = 16 * 1024
    keystore_memory_bytes_max: int = 272 * 1024 * 1024  # n = 2^18, r = 8 take 256 MiB and a little
    keystore_scrypt_work_max: int = 2**23  # n times r times p: four times what wallets write
    keystore_rounds_max: int = 10_000_000  # of PBKDF2: some seconds
    signer_seconds: int = 120  # a person looks at a device, and presses its button
    signer_seconds_max: int = 3_600
    signer_answer_bytes_max: int = 4_096
    # Reading everything again.
    reread_rows: int = 500
    audit_faults_max: int = 1_000


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How much the HTTP door takes, holds and waits for at once.

    ``adamant serve`` keeps these. Whoever makes the application in a program of their own may hand
    it others; none of them bears on what is accepted.

    Attributes:
        connections_max: how many connections there may be at a time; fewer where the machine
            allows too few open files.
        body_seconds_max: how long a request's body may take to arrive.
        client_seconds_max: how long a connection may wait for the head of a request; and, up to
            twice that, for its client to take an answer.
        questions_at_once_max: how many questions are answered at a time. The framework has 40
            threads for all it does; the others are for writing, and for telling who is ready.
        reports_at_once_max: how many of these may be reports, which read the log for as long as
            half a minute per million entries of their own.
        batches_at_once_max: how many batches are worked on at a time.
        arriving_bytes_max: how many bytes of bodies may be held that arrive, or wait to be read.
            When they are, the one of them that holds the most gives way to smaller ones.
        batch_step_records: how many lines of a batch are handed to the book at a time.
        gathered_record_bytes_max: how long a single record may be to be read together with others
            that come with it; a longer one is read on its own.
        long_records_at_once_max: how many longer ones are read at a time; the others wait.
        gathered_records_max: how many are read together at most.
        tables_at_once_max: how many spreadsheets are checked at a time.
        anchored_seconds_max: how long a request waits for an anchor.
        retry_after_seconds: what a caller is told to wait when the ledger is busy.

    """

    connections_max: int = 4_096
    body_seconds_max: float = 60.0
    client_seconds_max: float = 30.0
    questions_at_once_max: int = 16
    reports_at_once_max: int = 2
    batches_at_once_max: int = 4
    arriving_bytes_max: int = 256 * 1024 * 1024
    batch_step_records: int = 500
    long_records_at_once_max: int = 2
    gathered_record_bytes_max: int = 4_096
    gathered_records_max: int = 64
    tables_at_once_max: int = 2
    anchored_seconds_max: float = 30.0
    retry_after_seconds: int = 5


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lasts, and how many are remembered.

    Attributes:
        session_seconds: how long a token opens reading.
        nonce_seconds: how long a nonce may be signed and brought back.
        sessions_max: how many tokens are remembered.
        sessions_a_party_max: how many of one party; its oldest gives way.
        nonces_used_max: how many nonces are remembered as used, each as long as it would last.
        nonces_used_a_party_max: how many sign-ins of one party that makes.

    """

    session_seconds: int = 15 * 60
    nonce_seconds: int = 5 * 60
    sessions_max: int = 10_000
    sessions_a_party_max: int = 32
    nonces_used_max: int = 20_000
    nonces_used_a_party_max: int = 256


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """How often a client of a server asks again, and how long it waits in between.

    Attributes:
        attempts_max: how often one request is sent.
        pause_seconds: before the second attempt; doubled before each later one.
        pause_seconds_max: up to this.
        retry_after_seconds_max: the longest wait that a server may ask for.
        connect_seconds: how long connecting may take; ``answer_seconds`` how long an answer may.

    """

    attempts_max: int = 6
    pause_seconds: float = 0.25
    pause_seconds_max: float = 30.0
    retry_after_seconds_max: float = 120.0
    connect_seconds: float = 5.0
    answer_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How much one client, or one signed-in party, may ask and send in any minute.

    Attributes:
        reads_a_minute: requests that only read.
        records_a_minute: records sent, each of a batch; at least what one batch may have.
        sign_ins_a_minute: requests for a nonce, a sign-in or a sign-out.
        keys_max: how many clients and parties are remembered; the one that came longest ago is
            forgotten first.

    """

    reads_a_minute: int = 6_000
    records_a_minute: int = 60_000
    sign_ins_a_minute: int = 120
    keys_max: int = 10_000


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How many streams of the log there are, and how patient they are.

    Attributes:
        streams_max: how many are open at a time.
        streams_a_client_max: how many of one client.
        page_rows: how many entries are read and sent at a time.
        heartbeat_seconds: after how long without an event a comment is sent.
        poll_seconds: how often a stream looks whether the log has grown.
        take_seconds_max: how long a client may take for what is sent at a time.
        retry_milliseconds: after how long a client that was cut off is to come back.

    """

    streams_max: int = 256
    streams_a_client_max: int = 16
    page_rows: int = 100
    heartbeat_seconds: float = 15.0
    poll_seconds: float = 0.2
    take_seconds_max: float = 30.0
    retry_milliseconds: int = 3_000


@dataclass(frozen=True, slots=True)
class WebhookLimits:
    """How patient webhooks are.

    Attributes:
        message_entries: how many entries one message has at most.
        post_seconds_max: how long one message may take to be sent and taken.
        retry_seconds: after how long a message that was not taken is sent again; doubled each time.
        retry_seconds_max: up to this.
        poll_seconds: how often to look for what is due.

    """

    message_entries: int = 100
    post_seconds_max: float = 10.0
    retry_seconds: float = 5.0
    retry_seconds_max: float = 3_600.0
    poll_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class AnchorLimits:
    """When a checkpoint is anchored on a chain, what that may cost, and how patient the worker is.

    Attributes:
        entries: how many entries that are not anchored make an anchor due.
        seconds: or how long after the last anchor was signed any one of them does.
        fee_wei_max: the most that is paid for one gas, its block maker's share included; while the
            chain asks more, anchors wait.
        fee_bump_per_mille: by how much a transaction's fees are raised that is not mined; nodes do
            not take a replacement that pays less than 10 to 12.5 % more.
        bump_seconds: how long a transaction may wait before that.
        resend_seconds: after how long one that waits is handed in again as it is.
        gas_max: the most gas that one transaction may take.
        may_lag: whether the chain may be shown shorter than it was; one in the ledger's own folder
            is only ever shorter because its file was put back.
        confirmations: how many blocks after its own make a block final on a chain whose node names
            no final one; None: without a named one nothing is ever final.
        event_blocks_max: of how many blocks events are asked at a time.
        poll_seconds: how often the chain is looked at.
        retry_seconds: after how long it is asked again when it is down; doubled each time, up to
            ``retry_seconds_max``, and shortened by up to a half at random.
        close_seconds: how long closing waits for a question that the chain has not answered.

    """

    entries: int = 1_000
    seconds: int = 3_600
    fee_wei_max: int = 100 * 10**9
    fee_bump_per_mille: int = 125
    bump_seconds: int = 180
    resend_seconds: int = 60
    gas_max: int = 8_000_000
    may_lag: bool = True
    confirmations: int | None = None
    event_blocks_max: int = 2_000
    poll_seconds: float = 4.0  # many nodes close a connection that is idle for five
    retry_seconds: float = 1.0
    retry_seconds_max: float = 300.0
    close_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class MirrorLimits:
    """How much of a ledger is mirrored at a time.

    Attributes:
        records_max: how many records go into one transaction.
        bytes_max: how long it may be; nodes pass on no transaction above 128 KiB.
        batch_gas_max: how much gas a transaction of several records may take.
        gas_max: how much a transaction of one record may; Ethereum allows 2^24 (EIP-7825).
        seconds: how long records wait for others to share a transaction with, while fewer wait than
            it takes.
        waiting_max: of how many records that wait are looked at.

    """

    records_max: int = 40
    bytes_max: int = 120_000
    batch_gas_max: int = 6_000_000
    gas_max: int = 1 << 24
    seconds: int = 3_600
    waiting_max: int = 1_000


@dataclass(frozen=True, slots=True)
class NodeLimits:
    """How long and how much a chain's node may answer.

    Attributes:
        connect_seconds: how long connecting may take.
        answer_seconds: how long an answer may take, from the question to its last byte.
        answer_bytes_max: how long one answer may be.
        events_blocks: of how many blocks events are asked for at a time; of fewer where a node
            refuses.

    """

    connect_seconds: float = 5.0
    answer_seconds: float = 30.0
    answer_bytes_max: int = 16 * 1024 * 1024
    events_blocks: int = 2_000


LIMITS = Limits()
