-- What the log and its derived tables are asked and told.

-- name: read_head
SELECT size, root, entry_hash, recorded_at_ms FROM head WHERE id = 0;

-- name: move_head
UPDATE head SET size = ?1, root = ?2, entry_hash = ?3, recorded_at_ms = ?4
WHERE id = 0 AND size = ?5 AND root = ?6 AND entry_hash = ?7 AND recorded_at_ms = ?8;

-- name: read_last_index
SELECT max(idx) FROM entries;

-- name: read_row
SELECT entry, envelope FROM entries WHERE idx = ?;

-- name: read_rows
SELECT idx, entry, envelope FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: read_entries
SELECT entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: add_row
INSERT INTO entries (idx, entry, envelope) VALUES (?, ?, ?);

-- name: read_tile
SELECT hashes FROM tiles WHERE id = ?;

-- name: read_tile_roots
SELECT root FROM tiles WHERE id >= ? AND id < ? ORDER BY id;

-- name: count_tiles
SELECT count(*) FROM tiles;

-- name: add_tile
INSERT INTO tiles (id, root, hashes) VALUES (?, ?, ?);

-- name: read_index
SELECT record_id, idx FROM records
WHERE substr(record_id, 1, 8) = substr(?1, 1, 8) AND record_id = ?1;

-- name: lost_records
SELECT count(*) FROM records AS r NOT INDEXED WHERE NOT EXISTS (
    SELECT 1 FROM records AS f INDEXED BY records_by_id
    WHERE substr(f.record_id, 1, 8) = substr(r.record_id, 1, 8) AND f.idx = r.idx
);

-- name: all_records
SELECT idx, record_id FROM records ORDER BY idx;

-- name: add_record
INSERT INTO records (idx, record_id) VALUES (?, ?);

-- name: read_mentions
SELECT idx FROM mentions WHERE parcel = ? ORDER BY idx;

-- name: last_mentions
SELECT idx FROM mentions WHERE parcel = ? AND idx < ? ORDER BY idx DESC LIMIT ?;

-- name: count_mentions
SELECT count(*) FROM mentions WHERE parcel = ?;

-- name: all_mentions
SELECT parcel, idx FROM mentions ORDER BY parcel, idx;

-- name: add_mention
INSERT INTO mentions (parcel, idx) VALUES (?, ?);

-- name: read_parcel
SELECT value FROM parcels WHERE substr(id, 1, 8) = substr(?1, 1, 8) AND id = ?1;

-- name: page_parcels
SELECT id, value FROM parcels WHERE substr(id, 1, 8) >= coalesce(substr(?1, 1, 8), x'') AND id > ?1
ORDER BY substr(id, 1, 8), id LIMIT ?2;

-- name: lost_parcels
SELECT count(*) FROM parcels AS p NOT INDEXED WHERE NOT EXISTS (
    SELECT 1 FROM parcels AS f INDEXED BY parcels_by_id
    WHERE substr(f.id, 1, 8) = substr(p.id, 1, 8) AND f.number = p.number
);

-- name: all_parcels
SELECT number, id, value, custodian, recipient, live FROM parcels ORDER BY number;

-- name: parcels_of
WITH known (number) AS (SELECT coalesce((
    SELECT number FROM parcels WHERE substr(id, 1, 8) = substr(?2, 1, 8) AND id = ?2
), 0))
SELECT id, value FROM parcels WHERE number IN (
    SELECT number FROM (
        SELECT number FROM parcels
        WHERE live = 1 AND custodian = ?1 AND number > (SELECT number FROM known)
        ORDER BY number LIMIT ?3
    )
    UNION
    SELECT number FROM (
        SELECT number FROM parcels
        WHERE live = 1 AND recipient IS NOT NULL AND recipient = ?1
        AND number > (SELECT number FROM known)
        ORDER BY number LIMIT ?3
    )
) ORDER BY number LIMIT ?3;

-- name: put_parcel
INSERT INTO parcels (number, id, value, custodian, recipient, live) VALUES (
    (SELECT number FROM parcels WHERE substr(id, 1, 8) = substr(?1, 1, 8) AND id = ?1),
    ?1, ?2, ?3, ?4, ?5
)
ON CONFLICT (number) DO UPDATE SET
    value = excluded.value, custodian = excluded.custodian, recipient = excluded.recipient,
    live = excluded.live;

-- name: read_operation
SELECT value FROM operations WHERE idx = ?;

-- name: page_operations
SELECT idx, value FROM operations WHERE idx > ? ORDER BY idx LIMIT ?;

-- name: all_operations
SELECT idx, value FROM operations ORDER BY idx;

-- name: put_operation
INSERT INTO operations (idx, value) VALUES (?, ?)
ON CONFLICT (idx) DO UPDATE SET value = excluded.value;

-- name: read_blend
SELECT value FROM blends WHERE idx = ?;

-- name: page_blends
SELECT idx, value FROM blends WHERE idx > ? ORDER BY idx LIMIT ?;

-- name: all_blends
SELECT idx, value FROM blends ORDER BY idx;

-- name: put_blend
INSERT INTO blends (idx, value) VALUES (?, ?)
ON CONFLICT (idx) DO UPDATE SET value = excluded.value;

-- name: read_item
SELECT value FROM state WHERE sort = ? AND key = ?;

-- name: page_items
SELECT key, value FROM state WHERE sort = ? AND key > ? ORDER BY key LIMIT ?;

-- name: all_sorts
SELECT DISTINCT sort FROM state;

-- name: all_items
SELECT key, value FROM state WHERE sort = ? ORDER BY key;

-- name: put_item
INSERT INTO state (sort, key, value) VALUES (?, ?, ?)
ON CONFLICT (sort, key) DO UPDATE SET value = excluded.value;

-- name: clear_records
DELETE FROM records;

-- name: clear_mentions
DELETE FROM mentions;

-- name: clear_parcels
DELETE FROM parcels;

-- name: clear_operations
DELETE FROM operations;

-- name: clear_blends
DELETE FROM blends;

-- name: clear_items
DELETE FROM state;
