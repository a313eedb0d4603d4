-- Whose chain it is: the block that it begins with follows from these two alone.
CREATE TABLE chain (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    chain_id INTEGER NOT NULL,
    funded BLOB NOT NULL CHECK (length(funded) = 20)
) STRICT;

-- What the EVM keeps, under keys of its own choosing: headers, trie nodes, code, look-ups.
CREATE TABLE pairs (
    key BLOB NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- In which blocks a contract logged, by the first topic; empty where an event has none.
CREATE TABLE logs (
    address BLOB NOT NULL CHECK (length(address) = 20),
    block INTEGER NOT NULL,
    topic BLOB NOT NULL CHECK (length(topic) IN (0, 32)),
    PRIMARY KEY (address, block, topic)
) STRICT, WITHOUT ROWID;
