-- Interviews that are required and have no appointment yet (scheduled_us 0), and how often one was booked. SQLite cannot
-- change a check in place, so the table is made anew under its old name, by which its children know it; what they refer
-- to is missing for a moment, so foreign keys are looked at when all is done.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE interview_before AS SELECT * FROM interview;
DROP TABLE interview;
CREATE TABLE interview (
    id TEXT PRIMARY KEY,
    mission TEXT NOT NULL REFERENCES mission (id),
    order_ref TEXT NOT NULL,
    document TEXT NOT NULL CHECK (document IN ('passport', 'travel_document')),
    scheduled_us BIGINT NOT NULL,
    length_min INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('required', 'scheduled', 'waiting', 'ringing', 'in_call', 'ended', 'missed', 'aborted')),
    state_since_us BIGINT NOT NULL,
    waiting_since_us BIGINT NOT NULL,
    ring_expires_us BIGINT NOT NULL,
    version INTEGER NOT NULL,
    outcome TEXT,
    sealed_reason BLOB,
    bookings INTEGER NOT NULL DEFAULT 0,
    CHECK (state <> 'required' OR scheduled_us = 0)
);
INSERT INTO interview (id, mission, order_ref, document, scheduled_us, length_min, state, state_since_us,
                       waiting_since_us, ring_expires_us, version, outcome, sealed_reason)
    SELECT id, mission, order_ref, document, scheduled_us, length_min, state, state_since_us, waiting_since_us,
           ring_expires_us, version, outcome, sealed_reason
    FROM interview_before;
DROP TABLE interview_before;

CREATE INDEX interview_by_time ON interview (mission, scheduled_us);
CREATE INDEX interview_by_order ON interview (mission, order_ref);
CREATE INDEX interview_live ON interview (state) WHERE state IN ('scheduled', 'waiting', 'ringing', 'in_call');
CREATE INDEX interview_required ON interview (mission, state_since_us) WHERE state = 'required';
