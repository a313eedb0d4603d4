-- Private values, outside the log. A slot holds one value, its salt and its proof, padded with zeros
-- to a multiple of 256 bytes. Slots are only ever added at the end, and overwritten in place by as
-- many bytes: SQLite then moves none of them, and leaves no copy of what was overwritten.

CREATE TABLE slots (
    slot INTEGER PRIMARY KEY,
    secret BLOB NOT NULL CHECK (length(secret) % 256 = 0)
) STRICT;

-- Which slots hold zeros, by their length, to be used again.

CREATE TABLE empty_slots (
    bytes INTEGER NOT NULL,
    slot INTEGER NOT NULL UNIQUE,
    PRIMARY KEY (bytes, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE fields (
    number INTEGER PRIMARY KEY,
    record_id BLOB NOT NULL CHECK (length(record_id) = 32),
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 15),
    slot INTEGER UNIQUE,
    is_pending INTEGER NOT NULL CHECK (is_pending IN (0, 1)),
    subject BLOB CHECK (length(subject) = 20),
    erased_at_ms INTEGER,
    UNIQUE (record_id, position),
    CHECK ((slot IS NULL) = (erased_at_ms IS NOT NULL)),
    CHECK (subject IS NULL OR slot IS NOT NULL)
) STRICT;

CREATE INDEX fields_pending ON fields (record_id) WHERE is_pending;
CREATE INDEX fields_by_subject ON fields (subject, number) WHERE subject IS NOT NULL;

CREATE TABLE grants (
    record_id BLOB NOT NULL CHECK (length(record_id) = 32),
    position INTEGER NOT NULL,
    party BLOB NOT NULL CHECK (length(party) = 20),
    PRIMARY KEY (record_id, position, party)
) STRICT, WITHOUT ROWID;
