-- name: read_chain
SELECT chain_id, funded FROM chain;

-- name: name_chain
INSERT INTO chain (one, chain_id, funded) VALUES (1, ?, ?);

-- name: read_pair
SELECT value FROM pairs WHERE key = ?;

-- name: has_pair
SELECT 1 FROM pairs WHERE key = ?;

-- name: write_pair
INSERT INTO pairs (key, value) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value;

-- name: remove_pair
DELETE FROM pairs WHERE key = ?;

-- name: add_log
INSERT OR IGNORE INTO logs (address, block, topic) VALUES (?, ?, ?);

-- name: blocks_of
SELECT DISTINCT block FROM logs
WHERE address = ?1 AND block BETWEEN ?2 AND ?3 AND (?4 IS NULL OR topic = ?4) ORDER BY block;

-- name: all_pairs
SELECT key, value FROM pairs;

-- name: all_logs
SELECT address, block, topic FROM logs;
