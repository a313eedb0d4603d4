-- The log: append-only, and all that the ledger must keep.

CREATE TABLE entries (
    idx INTEGER PRIMARY KEY CHECK (idx >= 0),
    entry BLOB NOT NULL CHECK (length(entry) = 73),
    envelope BLOB NOT NULL
) STRICT;

-- Full tiles alone; id = level << 56 | number. The root stands before the hashes, which spill onto
-- pages of their own, so that reading roots does not read hashes.
CREATE TABLE tiles (
    id INTEGER PRIMARY KEY CHECK (id >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192)
) STRICT;

CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    entry_hash BLOB NOT NULL CHECK (length(entry_hash) = 32),
    recorded_at_ms INTEGER NOT NULL CHECK (recorded_at_ms >= 0)
) STRICT;

-- Derived from the log: emptied and made again by a rebuild.

-- Rows lie in the order of their making. What is looked up by an id, which is random, has an index on
-- the id's first 8 bytes alone: it is a third as long, and every record changes a page of it. Two ids
-- may begin alike, so whoever asks for one compares all of it as well.
CREATE TABLE records (
    idx INTEGER PRIMARY KEY CHECK (idx >= 0),
    record_id BLOB NOT NULL CHECK (length(record_id) = 32)
) STRICT;

CREATE INDEX records_by_id ON records (substr(record_id, 1, 8));

-- Numbered in the order in which holders are told what they hold.
CREATE TABLE parcels (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL CHECK (length(id) = 32),
    custodian BLOB NOT NULL CHECK (length(custodian) = 20),
    recipient BLOB CHECK (length(recipient) = 20),
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    value BLOB NOT NULL
) STRICT;

CREATE INDEX parcels_by_id ON parcels (substr(id, 1, 8));

-- Behind each holder, an index has the numbers of its parcels, ascending.
CREATE INDEX parcels_held ON parcels (custodian) WHERE live = 1;
CREATE INDEX parcels_offered ON parcels (recipient) WHERE live = 1 AND recipient IS NOT NULL;

CREATE TABLE operations (
    idx INTEGER PRIMARY KEY CHECK (idx >= 0),
    value BLOB NOT NULL
) STRICT;

CREATE TABLE blends (
    idx INTEGER PRIMARY KEY CHECK (idx >= 0),
    value BLOB NOT NULL
) STRICT;

-- Every other sort of item; sort = its number.
CREATE TABLE state (
    sort INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (sort, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    parcel BLOB NOT NULL CHECK (length(parcel) = 32),
    idx INTEGER NOT NULL,
    PRIMARY KEY (parcel, idx)
) STRICT, WITHOUT ROWID;

-- The empty tree: SHA-256 of nothing as its root, and zeros before the first entry.
INSERT INTO head (id, size, root, entry_hash, recorded_at_ms) VALUES (
    0, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', zeroblob(32), 0
);
