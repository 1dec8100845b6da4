-- What order services hear of: each row was committed with the fact that it tells of. `seq` is a subscriber's cursor: it
-- is given inside the transaction, of which there is one writing at a time, so who has seen a number has seen all below.
-- Nothing personal: ids, states, words of ours.
CREATE TABLE event (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, -- the same however often it is delivered
    type TEXT NOT NULL,
    mission TEXT NOT NULL REFERENCES mission (id),
    order_ref TEXT NOT NULL,
    subject TEXT NOT NULL, -- the interview or face check
    at_us BIGINT NOT NULL,
    data TEXT NOT NULL -- JSON
);
CREATE INDEX event_by_mission ON event (mission, seq);

-- An order service that signs in with a token, for one mission. While a token is being replaced the previous one works
-- too, until `previous_expires_us`. Revoked: no token is left.
CREATE TABLE service_account (
    id TEXT PRIMARY KEY,
    mission TEXT NOT NULL REFERENCES mission (id),
    name TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL, -- words with single spaces between them
    created_us BIGINT NOT NULL,
    revoked_us BIGINT NOT NULL DEFAULT 0,
    token_sha256 BLOB UNIQUE,
    previous_sha256 BLOB UNIQUE,
    previous_expires_us BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX interview_by_order ON interview (mission, order_ref);

-- How far the events have got at each target of webhooks, and those that were given up.
CREATE TABLE webhook (
    target TEXT PRIMARY KEY,
    cursor BIGINT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, -- of the event after `cursor`
    next_try_us BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE dead_letter (
    target TEXT NOT NULL,
    seq BIGINT NOT NULL REFERENCES event (seq),
    dead_us BIGINT NOT NULL,
    reason TEXT NOT NULL, -- of the last try
    resend INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (target, seq)
);
