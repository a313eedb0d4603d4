-- What was ever claimed for publication, in order; the note once it is signed.

CREATE TABLE claims (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    note BLOB
) STRICT;
