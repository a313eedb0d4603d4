-- What an anchoring worker must not forget. Chain ids and fees in wei are larger than SQLite's
-- integers may become: they are decimal texts, and are compared for equality alone.

-- The contract that anchors go to; of one that is being made, where it will be.
CREATE TABLE deployment (
    only INTEGER PRIMARY KEY CHECK (only = 0),
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    first_block INTEGER NOT NULL
) STRICT;

-- state: 0 signed, 1 submitted, 2 mined, 3 safe, 4 finalized, 5 overtaken. The signature is empty
-- for an anchor that was found on the chain. The last three columns are there together or not at all.
CREATE TABLE anchors (
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    size INTEGER NOT NULL CHECK (size > 0),
    ledger BLOB NOT NULL CHECK (length(ledger) = 32),
    root BLOB NOT NULL CHECK (length(root) = 32),
    previous_size INTEGER NOT NULL CHECK (previous_size >= 0),
    previous_root BLOB NOT NULL CHECK (length(previous_root) = 32),
    signature BLOB NOT NULL CHECK (length(signature) IN (0, 65)),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
    signed_at INTEGER NOT NULL,
    block_number INTEGER,
    block_hash BLOB CHECK (length(block_hash) = 32),
    transaction_hash BLOB CHECK (length(transaction_hash) = 32),
    PRIMARY KEY (chain_id, contract, size),
    CHECK ((block_number IS NULL) = (block_hash IS NULL)),
    CHECK ((block_number IS NULL) = (transaction_hash IS NULL))
) STRICT, WITHOUT ROWID;

-- Those that have not ended: few, however many there are.
CREATE INDEX anchors_unended ON anchors (chain_id, contract, size) WHERE state < 4;

-- Up to which block all of a contract's events are known for good.
CREATE TABLE looked (
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    block_number INTEGER NOT NULL,
    PRIMARY KEY (chain_id, contract)
) STRICT, WITHOUT ROWID;

-- Every transaction that was signed, in the order in which they were; none is ever removed.
CREATE TABLE transactions (
    number INTEGER PRIMARY KEY,
    chain_id TEXT NOT NULL,
    sender BLOB NOT NULL CHECK (length(sender) = 20),
    nonce INTEGER NOT NULL,
    errand TEXT NOT NULL,
    recipient BLOB CHECK (length(recipient) = 20),
    data BLOB NOT NULL,
    gas INTEGER NOT NULL,
    max_fee_wei TEXT NOT NULL,
    priority_fee_wei TEXT NOT NULL,
    raw BLOB NOT NULL,
    transaction_hash BLOB NOT NULL UNIQUE CHECK (length(transaction_hash) = 32),
    made_at INTEGER NOT NULL
) STRICT;

CREATE INDEX transactions_by_nonce ON transactions (chain_id, sender, nonce);
CREATE INDEX transactions_by_errand ON transactions (chain_id, sender, errand);

-- The contract that mirrors hand-overs; of one that is being made, where it will be. The hash of its
-- code is zero until it was seen.
CREATE TABLE mirror (
    only INTEGER PRIMARY KEY CHECK (only = 0),
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    first_block INTEGER NOT NULL
) STRICT;

-- Records that are in a mirror for good, and where their events are.
CREATE TABLE mirrored (
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    record_id BLOB NOT NULL CHECK (length(record_id) = 32),
    block_number INTEGER NOT NULL,
    block_hash BLOB NOT NULL CHECK (length(block_hash) = 32),
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    PRIMARY KEY (chain_id, contract, record_id)
) STRICT, WITHOUT ROWID;

-- Records of the log that are not mirrored, and why; by the index of their entries.
CREATE TABLE left_out (
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    idx INTEGER NOT NULL CHECK (idx >= 0),
    record_id BLOB NOT NULL CHECK (length(record_id) = 32),
    reason TEXT NOT NULL,
    PRIMARY KEY (chain_id, contract, idx)
) STRICT, WITHOUT ROWID;

-- Up to which block all events of a mirror are known for good, and below which index of the log
-- every record is settled.
CREATE TABLE mirror_progress (
    chain_id TEXT NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    looked_to INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    PRIMARY KEY (chain_id, contract)
) STRICT, WITHOUT ROWID;
