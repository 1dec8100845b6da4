-- How an interview is conducted: by whom, after which script, with which guardian, and what a second officer thinks.

ALTER TABLE interview ADD COLUMN guardian_needed INTEGER NOT NULL DEFAULT 0; -- a parent or guardian takes part (D-21)
ALTER TABLE interview ADD COLUMN assigned TEXT REFERENCES officer (id); -- whose interview it is; in a call: who conducts

-- An item of the mission's script that is done, as it was worded when it was.
CREATE TABLE script_answer (
    interview TEXT NOT NULL REFERENCES interview (id),
    item TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('question', 'capture', 'check')),
    text_en TEXT NOT NULL,
    text_zh_hans TEXT NOT NULL,
    text_zh_hant TEXT NOT NULL,
    officer TEXT NOT NULL REFERENCES officer (id),
    at_us BIGINT NOT NULL,
    sealed_answer BLOB,
    PRIMARY KEY (interview, item)
);

-- The guardian who was identified in the interview: by which document, and what they are to the applicant.
CREATE TABLE guardianship (
    interview TEXT PRIMARY KEY REFERENCES interview (id),
    party TEXT NOT NULL REFERENCES party (id),
    relation TEXT NOT NULL CHECK (relation IN ('father', 'mother', 'guardian')),
    capture TEXT NOT NULL REFERENCES capture (id),
    officer TEXT NOT NULL REFERENCES officer (id),
    at_us BIGINT NOT NULL
);

-- A second officer's opinion, first asked for, then given.
CREATE TABLE opinion (
    interview TEXT PRIMARY KEY REFERENCES interview (id),
    officer TEXT NOT NULL REFERENCES officer (id),
    asked_by TEXT NOT NULL REFERENCES officer (id),
    asked_us BIGINT NOT NULL,
    opinion TEXT CHECK (opinion IN ('agree', 'disagree')),
    given_us BIGINT NOT NULL DEFAULT 0,
    sealed_reason BLOB
);
