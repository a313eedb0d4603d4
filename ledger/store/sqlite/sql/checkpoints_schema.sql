-- What was ever claimed for publication, in order; the note once it is signed. The chain is SHA-256
-- over the chain of the claim before (32 zeros for the first), the size as 8 bytes and the root.

CREATE TABLE claims (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    note BLOB
) STRICT;
