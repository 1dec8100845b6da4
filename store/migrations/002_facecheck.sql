-- A face check at submission. Its ticket stands beside it: there is one applicant and one ticket.
CREATE TABLE facecheck (
    id TEXT PRIMARY KEY,
    mission TEXT NOT NULL REFERENCES mission (id),
    order_ref TEXT NOT NULL,
    document TEXT NOT NULL CHECK (document IN ('passport', 'travel_document')),
    state TEXT NOT NULL CHECK (state IN ('open', 'passed', 'skipped')),
    version INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    decided_us BIGINT NOT NULL,
    erased_us BIGINT NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL,
    skip_reason TEXT CHECK (skip_reason IN ('tries', 'accessibility')),
    sealed_identity BLOB,
    ticket_sha256 BLOB UNIQUE,
    ticket_expires_us BIGINT NOT NULL,
    device_sha256 BLOB -- the device that the ticket is tied to
);
CREATE INDEX facecheck_by_time ON facecheck (mission, created_us);
CREATE INDEX facecheck_by_order ON facecheck (mission, order_ref, created_us);
CREATE UNIQUE INDEX facecheck_open ON facecheck (mission, order_ref) WHERE state = 'open' AND erased_us = 0;

-- The key of a face check, sealed with the master key; NULL once it has been erased.
CREATE TABLE facecheck_key (
    facecheck TEXT PRIMARY KEY REFERENCES facecheck (id),
    sealed_key BLOB
);

-- One row for each version of a face check after its first.
CREATE TABLE facecheck_history (
    facecheck TEXT NOT NULL REFERENCES facecheck (id),
    version INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (facecheck, version)
);

CREATE TABLE material (
    facecheck TEXT NOT NULL REFERENCES facecheck (id),
    kind TEXT NOT NULL CHECK (kind IN ('portrait', 'page')),
    blob TEXT NOT NULL UNIQUE, -- the name of the sealed picture, another for each picture
    uploaded_us BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    file_bytes BIGINT NOT NULL,
    file_sha256 BLOB NOT NULL,
    sealed_report BLOB,
    sealed_embedding BLOB,
    sealed_face_picture BLOB,
    PRIMARY KEY (facecheck, kind)
);

CREATE TABLE facecheck_try (
    id TEXT PRIMARY KEY,
    facecheck TEXT NOT NULL REFERENCES facecheck (id),
    at_us BIGINT NOT NULL,
    passed INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    blob TEXT UNIQUE, -- the name of the sealed best frame
    sealed_report BLOB,
    sealed_embedding BLOB
);
CREATE INDEX facecheck_try_by_facecheck ON facecheck_try (facecheck, at_us);

-- Frames by HMAC of their hash: whoever has the database and a frame learns nothing without the master key. A try here
-- need not be recorded in facecheck_try (yet).
CREATE TABLE frame_hash (
    hash BLOB NOT NULL,
    try TEXT NOT NULL,
    facecheck TEXT NOT NULL REFERENCES facecheck (id),
    PRIMARY KEY (hash, try)
);
CREATE INDEX frame_hash_by_facecheck ON frame_hash (facecheck);

ALTER TABLE capture ADD COLUMN sealed_findings BLOB;

-- Made anew, for whom it belongs to; whoever was signed in signs in again.
DROP TABLE session;
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token_sha256 BLOB NOT NULL UNIQUE,
    officer TEXT REFERENCES officer (id),
    party TEXT REFERENCES party (id),
    facecheck TEXT REFERENCES facecheck (id),
    expires_us BIGINT NOT NULL,
    CHECK (CASE WHEN officer IS NULL THEN 0 ELSE 1 END + CASE WHEN party IS NULL THEN 0 ELSE 1 END
        + CASE WHEN facecheck IS NULL THEN 0 ELSE 1 END = 1)
);
CREATE INDEX session_by_expiry ON session (expires_us);
CREATE INDEX session_by_party ON session (party);
CREATE INDEX session_by_facecheck ON session (facecheck);
