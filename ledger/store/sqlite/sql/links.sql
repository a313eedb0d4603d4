-- name: read_link
SELECT token, parcel, minter, minted_at_ms, ended_at_ms FROM links WHERE token = ?;

-- name: read_live
SELECT token, parcel, minter, minted_at_ms, ended_at_ms FROM links
WHERE parcel = ? AND ended_at_ms IS NULL ORDER BY minted_at_ms, token;

-- name: count_links
SELECT count(*) FILTER (WHERE ended_at_ms IS NULL), count(*) FILTER (WHERE minter = ?2)
FROM links WHERE parcel = ?1;

-- name: add_link
INSERT INTO links (token, parcel, minter, minted_at_ms, ended_at_ms) VALUES (?, ?, ?, ?, NULL);

-- name: end_link
UPDATE links SET ended_at_ms = ?2 WHERE token = ?1 AND ended_at_ms IS NULL;
