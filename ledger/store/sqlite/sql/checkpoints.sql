-- name: read_latest
SELECT size, root, note, chain FROM claims ORDER BY size DESC LIMIT 1;

-- name: read_note
SELECT note FROM claims WHERE size = ?;

-- name: page_claims
SELECT size, root, note, chain FROM claims WHERE size > ? ORDER BY size LIMIT ?;

-- name: add_claim
INSERT INTO claims (size, root, chain, note) VALUES (?, ?, ?, NULL);

-- name: keep_note
UPDATE claims SET note = ?2 WHERE size = ?1;
