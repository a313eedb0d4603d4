-- Annex III once more, from the stored envelopes alone, by SQL: nothing of the ledger's own code.
-- The ledger's log is attached as `ledger`; tables are made beside it, in memory.

CREATE TABLE record AS
SELECT
    e.idx AS idx,
    '0x' || lower(hex(r.record_id)) AS id,
    CAST(e.envelope AS TEXT) AS body,
    json_extract(CAST(e.envelope AS TEXT), '$.kind') AS kind,
    json_extract(CAST(e.envelope AS TEXT), '$.record.scene.authorCountry') AS author_country,
    json_extract(CAST(e.envelope AS TEXT), '$.record.scene.occurredAt') AS occurred_at
FROM ledger.entries AS e JOIN ledger.records AS r ON r.idx = e.idx;
CREATE UNIQUE INDEX record_by_id ON record (id);

CREATE TABLE member (country TEXT PRIMARY KEY);
INSERT INTO member (country) VALUES
('AT'), ('BE'), ('BG'), ('CY'), ('CZ'), ('DE'), ('DK'), ('EE'), ('ES'), ('FI'), ('FR'), ('GR'),
('HR'), ('HU'), ('IE'), ('IT'), ('LT'), ('LU'), ('LV'), ('MT'), ('NL'), ('PL'), ('PT'), ('RO'),
('SE'), ('SI'), ('SK');
CREATE TABLE participant AS
SELECT DISTINCT
    c.country AS country, iif(c.country IN (SELECT m.country FROM member AS m), 'EU', c.country)
    AS name
FROM (
    SELECT author_country AS country FROM record
    UNION SELECT json_extract(body, '$.record.scene.destination') FROM record
    UNION SELECT json_extract(body, '$.record.scene.provenance') FROM record
    UNION SELECT substr(json_extract(body, '$.record.what.number'), 1, 2) FROM record
    UNION SELECT v.value FROM record AS r, json_each(r.body, '$.record.scene.values') AS v
    WHERE r.kind = 'Correction'
) AS c WHERE c.country IS NOT NULL;

-- What Corrections say, the last word on each field.
CREATE TABLE corrected AS
SELECT of_record, path, value FROM (
    SELECT
        json_extract(r.body, '$.record.what.record') AS of_record,
        'amounts.' || f.value AS path, v.value AS value,
        row_number() OVER (
            PARTITION BY json_extract(r.body, '$.record.what.record'), f.value
            ORDER BY r.idx DESC
        ) AS place
    FROM record AS r, json_each(r.body, '$.record.amounts.fields') AS f
    JOIN json_each(r.body, '$.record.amounts.values') AS v ON v.key = f.key
    WHERE r.kind = 'Correction'
) WHERE place = 1
UNION ALL
SELECT of_record, path, value FROM (
    SELECT
        json_extract(r.body, '$.record.what.record') AS of_record,
        'scene.' || f.value AS path, v.value AS value,
        row_number() OVER (
            PARTITION BY json_extract(r.body, '$.record.what.record'), f.value
            ORDER BY r.idx DESC
        ) AS place
    FROM record AS r, json_each(r.body, '$.record.scene.fields') AS f
    JOIN json_each(r.body, '$.record.scene.values') AS v ON v.key = f.key
    WHERE r.kind = 'Correction'
) WHERE place = 1;
CREATE INDEX corrected_by_record ON corrected (of_record, path);

-- Production.
CREATE TABLE mined AS
SELECT
    r.author_country AS country,
    json_extract(r.body, '$.record.what.hsCode') AS hs_code,
    json_extract(r.body, '$.record.amounts.weightMillicarats') AS weight,
    CAST(coalesce(
        (SELECT value FROM corrected WHERE of_record = r.id AND path = 'scene.periodTo'),
        json_extract(r.body, '$.record.scene.periodTo')
    ) AS INTEGER) AS mined_at
FROM record AS r WHERE r.kind = 'Registration';

-- Certificates, and what closed each of them first.
CREATE TABLE certificate AS
SELECT
    r.idx AS idx, r.id AS id, r.occurred_at AS at,
    json_extract(r.body, '$.record.what.operation') AS operation,
    (SELECT name FROM participant WHERE country = r.author_country) AS issuer,
    (SELECT name FROM participant WHERE country = coalesce(
        (SELECT value FROM corrected WHERE of_record = r.id AND path = 'scene.destination'),
        json_extract(r.body, '$.record.scene.destination')
    )) AS destination,
    (SELECT name FROM participant WHERE country = coalesce(
        (SELECT value FROM corrected WHERE of_record = r.id AND path = 'scene.provenance'),
        json_extract(r.body, '$.record.scene.provenance')
    )) AS provenance,
    CASE json_array_length(r.body, '$.record.scene.origins')
        WHEN 0 THEN 'mixed'
        WHEN 1 THEN json_extract(r.body, '$.record.scene.origins[0]')
        ELSE 'mixed-named'
    END AS origin,
    r.body AS body
FROM record AS r WHERE r.kind = 'Certificate';
CREATE TABLE certified AS
SELECT c.id AS id, c.idx AS idx, p.value AS parcel
FROM certificate AS c, json_each(c.body, '$.record.what.parcels') AS p;
CREATE INDEX certified_by_parcel ON certified (parcel);
CREATE TABLE closing AS
SELECT id, min(idx) AS idx FROM (
    SELECT json_extract(r.body, '$.record.what.certificate') AS id, r.idx AS idx
    FROM record AS r WHERE r.kind = 'Clearance'
    UNION ALL
    SELECT c.id AS id, r.idx AS idx
    FROM record AS r, json_each(r.body, '$.record.what.inputs') AS p
    JOIN certified AS c ON c.parcel = p.value AND c.idx < r.idx
    WHERE r.kind = 'Transformation'
    UNION ALL
    SELECT c.id AS id, n.idx AS idx
    FROM certified AS n JOIN certified AS c ON c.parcel = n.parcel AND c.idx < n.idx
) GROUP BY id;
CREATE TABLE stayed AS
SELECT c.id AS id
FROM certificate AS c JOIN closing AS x ON x.id = c.id JOIN record AS r ON r.idx = x.idx
WHERE r.kind <> 'Clearance'
AND (SELECT name FROM participant WHERE country = r.author_country) = c.issuer;

CREATE TABLE clearance AS
SELECT
    r.idx AS idx, r.id AS id, r.occurred_at AS at,
    json_extract(r.body, '$.record.what.operation') AS operation,
    (SELECT name FROM participant WHERE country = r.author_country) AS importer,
    c.id AS certificate, c.operation AS shown_operation,
    coalesce(c.issuer, (
        SELECT name FROM participant
        WHERE country = substr(json_extract(r.body, '$.record.what.number'), 1, 2)
    )) AS issuer,
    coalesce(c.provenance, (
        SELECT name FROM participant
        WHERE country = substr(json_extract(r.body, '$.record.what.number'), 1, 2)
    )) AS partner,
    coalesce(c.origin, 'unstated') AS origin
FROM record AS r
LEFT JOIN certificate AS c ON c.id = json_extract(r.body, '$.record.what.certificate')
WHERE r.kind = 'Clearance';

-- What both declare, code by code.
CREATE TABLE goods AS
SELECT
    r.id AS id, h.value AS hs_code, w.value AS weight,
    CAST(coalesce(
        (
            SELECT value FROM corrected
            WHERE of_record = r.id AND path = 'amounts.valuesUsCents.' || h.key
        ),
        v.value
    ) AS INTEGER) AS worth
FROM record AS r, json_each(r.body, '$.record.what.hsCodes') AS h
JOIN json_each(r.body, '$.record.amounts.weightsMillicarats') AS w ON w.key = h.key
JOIN json_each(r.body, '$.record.amounts.valuesUsCents') AS v ON v.key = h.key
WHERE r.kind IN ('Certificate', 'Clearance');
CREATE INDEX goods_by_id ON goods (id);
CREATE TABLE shipment AS
SELECT
    id, at, issuer AS participant, destination AS partner, origin,
    CASE
        WHEN operation = 'technical' THEN 'technical'
        WHEN id IN (SELECT s.id FROM stayed AS s) THEN 'void'
        WHEN destination = issuer THEN 'within'
        ELSE 'issued'
    END AS flow
FROM certificate
UNION ALL
SELECT
    id, at, importer, partner, origin,
    CASE
        WHEN operation = 'refuse' THEN 'refused'
        WHEN shown_operation = 'technical' THEN 'returned'
        WHEN issuer = importer THEN 'arrived'
        ELSE 'received'
    END
FROM clearance;
CREATE TABLE total AS
SELECT
    s.id AS id,
    coalesce((SELECT sum(g.weight) FROM goods AS g WHERE g.id = s.id), 0) AS weight,
    coalesce((SELECT sum(g.worth) FROM goods AS g WHERE g.id = s.id), 0) AS worth
FROM shipment AS s;
CREATE INDEX total_by_id ON total (id);

CREATE TABLE figure AS
SELECT
    'production:' || (SELECT name FROM participant AS p WHERE p.country = m.country) || ':'
    || strftime('%Y', m.mined_at, 'unixepoch') || '-H'
    || iif(CAST(strftime('%m', m.mined_at, 'unixepoch') AS INTEGER) <= 6, 1, 2)
    || ':-:' || m.country || ':' || m.hs_code AS name,
    count(*) AS records, sum(m.weight) AS weight, NULL AS worth
FROM mined AS m GROUP BY 1
UNION ALL
SELECT
    iif(s.flow = 'issued', 'exports:', 'imports:') || s.participant || ':'
    || strftime('%Y', s.at, 'unixepoch') || '-Q'
    || ((CAST(strftime('%m', s.at, 'unixepoch') AS INTEGER) + 2) / 3)
    || ':' || s.partner || ':' || s.origin || ':' || g.hs_code,
    count(*), sum(g.weight), sum(g.worth)
FROM shipment AS s JOIN goods AS g ON g.id = s.id
WHERE s.flow IN ('issued', 'received') GROUP BY 1
UNION ALL
SELECT
    s.flow || ':' || s.participant || ':' || strftime('%Y', s.at, 'unixepoch') || '-Q'
    || ((CAST(strftime('%m', s.at, 'unixepoch') AS INTEGER) + 2) / 3) || ':' || s.partner || ':-:-',
    count(*), sum(t.weight), sum(t.worth)
FROM shipment AS s JOIN total AS t ON t.id = s.id GROUP BY 1
UNION ALL
SELECT
    'paper:' || s.participant || ':' || strftime('%Y', s.at, 'unixepoch') || '-Q'
    || ((CAST(strftime('%m', s.at, 'unixepoch') AS INTEGER) + 2) / 3) || ':' || s.partner || ':-:-',
    count(*), sum(t.weight), sum(t.worth)
FROM shipment AS s JOIN total AS t ON t.id = s.id
WHERE s.flow = 'received' AND s.origin = 'unstated' GROUP BY 1;
