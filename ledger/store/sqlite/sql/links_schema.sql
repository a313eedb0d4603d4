-- Links to the pages of parcels, outside the log: operator's state that no record makes. A link that
-- was ended stays, so that whoever follows it is told so.

CREATE TABLE links (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 16),
    parcel BLOB NOT NULL CHECK (length(parcel) = 32),
    minter BLOB NOT NULL CHECK (length(minter) = 20),
    minted_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX links_by_parcel ON links (parcel, minted_at_ms, token);
