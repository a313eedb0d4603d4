-- name: read_latest
SELECT size, root, note FROM claims ORDER BY size DESC LIMIT 1;

-- name: read_note
SELECT note FROM claims WHERE size = ?;

-- name: page_notes
SELECT size, root, note FROM claims
WHERE size > ? AND note IS NOT NULL ORDER BY size LIMIT ?;

-- name: add_claim
INSERT INTO claims (size, root, note) VALUES (?, ?, NULL);

-- name: keep_note
UPDATE claims SET note = ?2 WHERE size = ?1;
