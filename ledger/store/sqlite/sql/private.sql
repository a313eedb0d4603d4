-- name: read_field
SELECT slot, erased_at_ms FROM fields WHERE record_id = ? AND position = ?;

-- name: read_fields
SELECT f.position, f.erased_at_ms, s.secret
FROM fields f LEFT JOIN slots s ON s.slot = f.slot
WHERE f.record_id = ? ORDER BY f.position;

-- name: add_field
INSERT INTO fields (record_id, position, slot, is_pending, subject, erased_at_ms)
VALUES (?, ?, ?, 1, ?, NULL);

-- name: find_empty
SELECT slot FROM empty_slots WHERE bytes = ? LIMIT 1;

-- name: use_empty
DELETE FROM empty_slots WHERE bytes = ? AND slot = ?;

-- name: add_slot
INSERT INTO slots (secret) VALUES (?);

-- name: write_slot
UPDATE slots SET secret = ?2 WHERE slot = ?1;

-- name: slot_bytes
SELECT length(secret) FROM slots WHERE slot = ?;

-- name: add_empty
INSERT INTO empty_slots (bytes, slot) VALUES (?, ?);

-- name: read_pending
SELECT DISTINCT record_id FROM fields WHERE is_pending ORDER BY record_id;

-- name: pending_of
SELECT position, slot FROM fields WHERE record_id = ? AND is_pending;

-- name: confirm
UPDATE fields SET is_pending = 0 WHERE record_id = ? AND is_pending;

-- name: remove_field
DELETE FROM fields WHERE record_id = ? AND position = ?;

-- name: read_about
SELECT record_id FROM fields WHERE subject = ? GROUP BY record_id ORDER BY max(number) DESC LIMIT ?;

-- name: read_grants
SELECT position, party FROM grants WHERE record_id = ? ORDER BY position, party;

-- name: count_grants
SELECT count(*), count(*) FILTER (WHERE party = ?3)
FROM grants WHERE record_id = ?1 AND position = ?2;

-- name: add_grant
INSERT OR IGNORE INTO grants (record_id, position, party) VALUES (?, ?, ?);

-- name: remove_grant
DELETE FROM grants WHERE record_id = ? AND position = ? AND party = ?;

-- name: remove_grants
DELETE FROM grants WHERE record_id = ? AND position = ?;

-- name: mark_erased
UPDATE fields SET slot = NULL, subject = NULL, is_pending = 0, erased_at_ms = ?3
WHERE record_id = ?1 AND position = ?2;
