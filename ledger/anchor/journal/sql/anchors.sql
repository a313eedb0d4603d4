-- name: read_deployment
SELECT chain_id, contract, code_hash, first_block FROM deployment;

-- name: keep_deployment
INSERT INTO deployment (only, chain_id, contract, code_hash, first_block) VALUES (0, ?, ?, ?, ?)
ON CONFLICT (only) DO UPDATE SET
    chain_id = excluded.chain_id, contract = excluded.contract,
    code_hash = excluded.code_hash, first_block = excluded.first_block;

-- name: read_anchor
SELECT size, ledger, root, previous_size, previous_root, signature, state, signed_at,
    block_number, block_hash, transaction_hash
FROM anchors WHERE chain_id = ? AND contract = ? AND size = ?;

-- name: page_anchors
SELECT size, ledger, root, previous_size, previous_root, signature, state, signed_at,
    block_number, block_hash, transaction_hash
FROM anchors WHERE chain_id = ? AND contract = ? AND size > ? ORDER BY size LIMIT ?;

-- name: read_unended
SELECT size, ledger, root, previous_size, previous_root, signature, state, signed_at,
    block_number, block_hash, transaction_hash
FROM anchors INDEXED BY anchors_unended
WHERE chain_id = ? AND contract = ? AND state < 4 ORDER BY size;

-- name: read_last
SELECT size, ledger, root, previous_size, previous_root, signature, state, signed_at,
    block_number, block_hash, transaction_hash
FROM anchors WHERE chain_id = ? AND contract = ? AND state >= ? AND state < ?
ORDER BY size DESC LIMIT 1;

-- name: read_covering
SELECT size, ledger, root, previous_size, previous_root, signature, state, signed_at,
    block_number, block_hash, transaction_hash
FROM anchors WHERE chain_id = ? AND contract = ? AND size >= ? AND state < ?
ORDER BY size LIMIT 1;

-- name: keep_anchor
INSERT INTO anchors (chain_id, contract, size, ledger, root, previous_size, previous_root,
    signature, state, signed_at, block_number, block_hash, transaction_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (chain_id, contract, size) DO UPDATE SET
    ledger = excluded.ledger, root = excluded.root,
    previous_size = excluded.previous_size, previous_root = excluded.previous_root,
    signature = excluded.signature, state = excluded.state, signed_at = excluded.signed_at,
    block_number = excluded.block_number, block_hash = excluded.block_hash,
    transaction_hash = excluded.transaction_hash;

-- name: read_looked_to
SELECT block_number FROM looked WHERE chain_id = ? AND contract = ?;

-- name: keep_looked_to
INSERT INTO looked (chain_id, contract, block_number) VALUES (?, ?, ?)
ON CONFLICT (chain_id, contract) DO UPDATE SET block_number = excluded.block_number;

-- name: keep_transaction
INSERT INTO transactions (chain_id, sender, nonce, errand, recipient, data, gas, max_fee_wei,
    priority_fee_wei, raw, transaction_hash, made_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (transaction_hash) DO NOTHING;

-- name: read_errand
SELECT chain_id, sender, nonce, errand, recipient, data, gas, max_fee_wei, priority_fee_wei, raw,
    transaction_hash, made_at
FROM transactions WHERE chain_id = ? AND sender = ? AND errand = ? ORDER BY number;

-- name: read_nonce
SELECT chain_id, sender, nonce, errand, recipient, data, gas, max_fee_wei, priority_fee_wei, raw,
    transaction_hash, made_at
FROM transactions WHERE chain_id = ? AND sender = ? AND nonce = ? ORDER BY number;

-- name: read_mirror
SELECT chain_id, contract, code_hash, first_block FROM mirror;

-- name: keep_mirror
INSERT INTO mirror (only, chain_id, contract, code_hash, first_block) VALUES (0, ?, ?, ?, ?)
ON CONFLICT (only) DO UPDATE SET
    chain_id = excluded.chain_id, contract = excluded.contract,
    code_hash = excluded.code_hash, first_block = excluded.first_block;

-- name: read_mirror_progress
SELECT looked_to, position FROM mirror_progress WHERE chain_id = ? AND contract = ?;

-- name: keep_mirror_progress
INSERT INTO mirror_progress (chain_id, contract, looked_to, position) VALUES (?, ?, ?, ?)
ON CONFLICT (chain_id, contract) DO UPDATE SET
    looked_to = excluded.looked_to, position = excluded.position;

-- name: read_mirrored
SELECT record_id, block_number, block_hash, transaction_hash
FROM mirrored WHERE chain_id = ? AND contract = ? AND record_id = ?;

-- name: page_mirrored
SELECT record_id, block_number, block_hash, transaction_hash
FROM mirrored WHERE chain_id = ? AND contract = ? AND record_id > ? ORDER BY record_id LIMIT ?;

-- name: keep_mirrored
INSERT INTO mirrored (chain_id, contract, record_id, block_number, block_hash, transaction_hash)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (chain_id, contract, record_id) DO NOTHING;

-- name: page_left_out
SELECT idx, record_id, reason
FROM left_out WHERE chain_id = ? AND contract = ? AND idx > ? ORDER BY idx LIMIT ?;

-- name: keep_left_out
INSERT INTO left_out (chain_id, contract, idx, record_id, reason) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (chain_id, contract, idx) DO NOTHING;

-- name: count_mirrored
SELECT (SELECT count(*) FROM mirrored WHERE chain_id = ? AND contract = ?),
    (SELECT count(*) FROM left_out WHERE chain_id = ? AND contract = ?);
