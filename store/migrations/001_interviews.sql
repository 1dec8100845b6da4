-- Instants are UTC microseconds, 0 means "not yet". Columns named sealed_* hold AES-256-GCM (seal.h); *_sha256 hold the
-- hash of a secret or of content.

-- One row: opens only with the master key that this store was made with.
CREATE TABLE key_check (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed_check BLOB NOT NULL
);

CREATE TABLE mission (
    id TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    time_zone TEXT NOT NULL
);

CREATE TABLE officer (
    id TEXT PRIMARY KEY,
    mission TEXT NOT NULL REFERENCES mission (id),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL
);

CREATE TABLE interview (
    id TEXT PRIMARY KEY,
    mission TEXT NOT NULL REFERENCES mission (id),
    order_ref TEXT NOT NULL,
    document TEXT NOT NULL CHECK (document IN ('passport', 'travel_document')),
    scheduled_us BIGINT NOT NULL,
    length_min INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('scheduled', 'waiting', 'ringing', 'in_call', 'ended', 'missed', 'aborted')),
    state_since_us BIGINT NOT NULL,
    waiting_since_us BIGINT NOT NULL,
    ring_expires_us BIGINT NOT NULL,
    version INTEGER NOT NULL,
    outcome TEXT,
    sealed_reason BLOB
);
CREATE INDEX interview_by_time ON interview (mission, scheduled_us);
CREATE INDEX interview_live ON interview (state) WHERE state IN ('scheduled', 'waiting', 'ringing', 'in_call');

-- The key of an interview, sealed with the master key; NULL once it has been erased.
CREATE TABLE interview_key (
    interview TEXT PRIMARY KEY REFERENCES interview (id),
    sealed_key BLOB
);

-- One row for each version of an interview after its first.
CREATE TABLE history (
    interview TEXT NOT NULL REFERENCES interview (id),
    version INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (interview, version)
);

CREATE TABLE party (
    id TEXT PRIMARY KEY,
    interview TEXT NOT NULL REFERENCES interview (id),
    role TEXT NOT NULL CHECK (role IN ('applicant', 'guardian', 'interpreter', 'officer')),
    sealed_name BLOB,
    officer TEXT REFERENCES officer (id),
    ready INTEGER NOT NULL,
    admitted INTEGER NOT NULL,
    ticket_sha256 BLOB UNIQUE,
    ticket_scheduled_us BIGINT NOT NULL, -- the appointment that the ticket was issued for
    ticket_expires_us BIGINT NOT NULL,
    ticket_revoked INTEGER NOT NULL DEFAULT 0,
    device_sha256 BLOB -- the device that the ticket is tied to
);
CREATE INDEX party_by_interview ON party (interview);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token_sha256 BLOB NOT NULL UNIQUE,
    officer TEXT REFERENCES officer (id),
    party TEXT REFERENCES party (id),
    expires_us BIGINT NOT NULL,
    CHECK ((officer IS NULL) <> (party IS NULL))
);
CREATE INDEX session_by_expiry ON session (expires_us);
CREATE INDEX session_by_party ON session (party);

CREATE TABLE note (
    id TEXT PRIMARY KEY,
    interview TEXT NOT NULL REFERENCES interview (id),
    officer TEXT NOT NULL REFERENCES officer (id),
    at_us BIGINT NOT NULL,
    sealed_text BLOB
);
CREATE INDEX note_by_interview ON note (interview, at_us);

CREATE TABLE capture (
    id TEXT PRIMARY KEY,
    interview TEXT NOT NULL REFERENCES interview (id),
    seq INTEGER NOT NULL,
    party TEXT NOT NULL REFERENCES party (id),
    officer TEXT NOT NULL REFERENCES officer (id),
    blob TEXT NOT NULL UNIQUE, -- the name of the sealed picture
    kind TEXT NOT NULL CHECK (kind IN ('face', 'document', 'other')),
    codec TEXT NOT NULL,
    room TEXT NOT NULL,
    dtls_fingerprint TEXT NOT NULL,
    ssrc BIGINT NOT NULL,
    rtp_timestamp BIGINT NOT NULL,
    captured_us BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frame_sha256 BLOB NOT NULL,
    file_sha256 BLOB NOT NULL,
    file_bytes BIGINT NOT NULL,
    UNIQUE (interview, seq)
);
