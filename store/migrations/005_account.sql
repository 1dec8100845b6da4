-- Account holders: whoever orders something with the built-in order book, for themselves or for somebody else (D-1..D-3).
-- *_hash columns hold an HMAC under a key of the master key's: what an account is found by, and nothing to whoever has
-- only the database.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    contact_kind TEXT NOT NULL CHECK (contact_kind IN ('email', 'mobile')),
    contact_hash BLOB UNIQUE,
    sealed_contact BLOB,
    language TEXT NOT NULL CHECK (language IN ('zh-Hans', 'zh-Hant', 'en')),
    mail_messages INTEGER NOT NULL DEFAULT 0,
    created_us BIGINT NOT NULL,
    verified_us BIGINT NOT NULL DEFAULT 0,
    id_kind TEXT CHECK (id_kind IN ('id_card', 'passport')),
    id_number_hash BLOB UNIQUE,
    sealed_id_number BLOB,
    sealed_name BLOB
);

-- The key of an account, sealed with the master key; NULL once it has been erased.
CREATE TABLE account_key (
    account TEXT PRIMARY KEY REFERENCES account (id),
    sealed_key BLOB
);

-- The one code that a contact was sent last. The row outlives the code, for the sake of the day's count.
CREATE TABLE account_code (
    contact_hash BLOB PRIMARY KEY,
    code_hash BLOB, -- NULL: used, or guessed at too often
    language TEXT NOT NULL,
    expires_us BIGINT NOT NULL,
    wrong INTEGER NOT NULL, -- tries that failed
    day_from_us BIGINT NOT NULL,
    day_count INTEGER NOT NULL -- codes since then
);

CREATE INDEX account_code_by_day ON account_code (day_from_us);

-- The message center (D-29): what an account holder was told of an order. `seq` is given inside the transaction, of
-- which there is one writing at a time, so who has seen a number has seen all below.
CREATE TABLE message (
    seq BIGINT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    mission TEXT NOT NULL REFERENCES mission (id),
    order_id TEXT NOT NULL,
    order_number TEXT NOT NULL,
    template TEXT NOT NULL,
    sealed_args BLOB, -- JSON
    state TEXT NOT NULL, -- of the order after it
    at_us BIGINT NOT NULL,
    read_us BIGINT NOT NULL DEFAULT 0,
    mail TEXT NOT NULL CHECK (mail IN ('none', 'waiting', 'sent', 'given_up')),
    mail_tries INTEGER NOT NULL DEFAULT 0,
    mail_next_us BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX message_by_account ON message (account, seq);
CREATE INDEX message_waiting ON message (mail_next_us) WHERE mail = 'waiting';

-- Reminders of appointments that were sent: each kind once for each appointment.
CREATE TABLE reminder (
    interview TEXT NOT NULL REFERENCES interview (id),
    scheduled_us BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('day', 'soon')),
    at_us BIGINT NOT NULL,
    PRIMARY KEY (interview, scheduled_us, kind)
);

-- Made anew, for whom it belongs to; whoever was signed in stays so.
CREATE TABLE session_before AS SELECT * FROM session;
DROP TABLE session;
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token_sha256 BLOB NOT NULL UNIQUE,
    officer TEXT REFERENCES officer (id),
    party TEXT REFERENCES party (id),
    facecheck TEXT REFERENCES facecheck (id),
    account TEXT REFERENCES account (id),
    expires_us BIGINT NOT NULL,
    CHECK (CASE WHEN officer IS NULL THEN 0 ELSE 1 END + CASE WHEN party IS NULL THEN 0 ELSE 1 END
        + CASE WHEN facecheck IS NULL THEN 0 ELSE 1 END + CASE WHEN account IS NULL THEN 0 ELSE 1 END = 1)
);
INSERT INTO session (id, token_sha256, officer, party, facecheck, expires_us)
    SELECT id, token_sha256, officer, party, facecheck, expires_us FROM session_before;
DROP TABLE session_before;
CREATE INDEX session_by_expiry ON session (expires_us);
CREATE INDEX session_by_party ON session (party);
CREATE INDEX session_by_facecheck ON session (facecheck);
CREATE INDEX session_by_account ON session (account);
