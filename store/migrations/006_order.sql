-- Orders of the built-in book (ORDER alone is a word of SQL's own). What is said of applicants is sealed with the order's
-- key; columns in the clear hold ids, instants and words of ours.
CREATE TABLE book_order (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE, -- what interviews and face checks call order_ref
    account TEXT NOT NULL REFERENCES account (id), -- the holder, who need not be the applicant (D-3)
    mission TEXT NOT NULL REFERENCES mission (id),
    kind TEXT NOT NULL CHECK (kind IN ('passport', 'travel_document', 'emergency_travel_document')),
    issue TEXT CHECK (issue IN ('first', 'renewal', 'replacement')),
    condition TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('draft', 'submitted', 'in_review', 'supplement_required', 'interview_required',
            'interview_scheduled', 'interviewing', 'in_person_required', 'approved', 'produced', 'dispatched',
            'completed', 'rejected', 'withdrawn')),
    -- Follows from the state, for the lists' indexes: a submitted order is waiting once its face check is decided.
    stage TEXT NOT NULL CHECK (stage IN ('draft', 'waiting', 'open', 'over')),
    state_since_us BIGINT NOT NULL,
    version INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    declared_us BIGINT NOT NULL,
    submitted_us BIGINT NOT NULL,
    taken_us BIGINT NOT NULL, -- into review by an officer: counts against that day's capacity (D-28)
    own_district INTEGER NOT NULL,
    officer TEXT REFERENCES officer (id),
    facecheck TEXT REFERENCES facecheck (id),
    interview TEXT REFERENCES interview (id),
    -- HMACs, as of frames: of the applicant's name and birth date (D-26), and of each spelling of the name for searches.
    applicant_hash BLOB,
    name_hash BLOB,
    latin_hash BLOB,
    sealed_details BLOB,
    sealed_declaration BLOB,
    sealed_supplement BLOB,
    sealed_reason BLOB,
    sealed_tracking BLOB
);
CREATE INDEX order_by_account ON book_order (account, created_us);
CREATE INDEX order_by_turn ON book_order (mission, stage, own_district DESC, submitted_us);
CREATE INDEX order_by_wait ON book_order (mission, stage, state_since_us);
CREATE INDEX order_by_officer ON book_order (officer, stage, state_since_us);
CREATE INDEX order_by_state ON book_order (mission, state, state_since_us, submitted_us);
CREATE INDEX order_by_time ON book_order (mission, state_since_us);
CREATE INDEX order_by_taken ON book_order (mission, taken_us);
CREATE INDEX order_by_name ON book_order (mission, name_hash);
CREATE INDEX order_by_latin ON book_order (mission, latin_hash);
CREATE INDEX order_by_facecheck ON book_order (facecheck);
CREATE INDEX facecheck_by_expiry ON facecheck (ticket_expires_us) WHERE state = 'open';
CREATE UNIQUE INDEX order_of_applicant ON book_order (applicant_hash) WHERE stage IN ('waiting', 'open');

-- The key of an order, sealed with the master key; NULL once it has been erased.
CREATE TABLE order_key (
    book_order TEXT PRIMARY KEY REFERENCES book_order (id),
    sealed_key BLOB
);

-- One row for each change of state, and for each event that leaves it; versions in between are edits.
CREATE TABLE order_history (
    book_order TEXT NOT NULL REFERENCES book_order (id),
    version INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    sealed_reason BLOB,
    PRIMARY KEY (book_order, version)
);

CREATE TABLE order_material (
    book_order TEXT NOT NULL REFERENCES book_order (id),
    slot TEXT NOT NULL
        CHECK (slot IN ('portrait', 'page', 'annotation', 'address', 'nationality', 'loss', 'guardianship', 'other')),
    blob TEXT NOT NULL UNIQUE, -- the name of the sealed picture, another for each picture
    uploaded_us BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    file_bytes BIGINT NOT NULL,
    file_sha256 BLOB NOT NULL,
    sealed_thumbnail BLOB,
    PRIMARY KEY (book_order, slot)
);

-- How far the book has got in the outbox: moved in the transaction of what it makes of an event. It begins with what
-- happens from now on.
CREATE TABLE book (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cursor BIGINT NOT NULL
);
INSERT INTO book (id, cursor) SELECT 1, coalesce(max(seq), 0) FROM event;
