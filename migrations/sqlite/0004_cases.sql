-- Requests, their answers, papers, events and decisions.

CREATE TABLE form (
    hash   TEXT    NOT NULL PRIMARY KEY,
    id     TEXT    NOT NULL,
    source TEXT    NOT NULL,                    -- JSON
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE case_file (
    id              TEXT    NOT NULL PRIMARY KEY,
    person          TEXT    NOT NULL REFERENCES person (id),
    reference       TEXT    NOT NULL UNIQUE,
    status_token    TEXT    NOT NULL UNIQUE,    -- of the status page's link
    service         TEXT    NOT NULL,
    form_id         TEXT    NOT NULL,
    form_hash       TEXT    NOT NULL,
    source_channel  TEXT    NOT NULL CHECK (source_channel IN ('interview', 'phone', 'social_media', 'letter',
                                            'help_request', 'volunteering', 'website', 'branch_delegate')),
    entered_by      TEXT    NOT NULL,
    locale          TEXT    NOT NULL,
    consent_version TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    submitted_at    INTEGER NOT NULL,
    answer_from     TEXT    NOT NULL,           -- a day, YYYY-MM-DD
    next_due        INTEGER,                    -- NULL: nothing more is due, the case is not open
    owner           TEXT    REFERENCES staff (id),
    checks          BLOB    NOT NULL DEFAULT x'', -- sealed; empty: nothing checked yet
    signature       BLOB    NOT NULL,           -- sealed
    signature_hash  TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX case_file_person ON case_file (person);
CREATE INDEX case_file_due ON case_file (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX case_file_owner ON case_file (owner);

CREATE TABLE case_answer (
    case_id  TEXT    NOT NULL REFERENCES case_file (id),
    question TEXT    NOT NULL,
    position INTEGER NOT NULL,
    plain    TEXT,
    sealed   BLOB,
    PRIMARY KEY (case_id, question),
    CHECK ((plain IS NULL) <> (sealed IS NULL))
) STRICT;

CREATE TABLE case_event (
    number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_id      TEXT    NOT NULL REFERENCES case_file (id),
    person       TEXT    NOT NULL REFERENCES person (id),
    name         TEXT    NOT NULL,
    by_kind      TEXT    NOT NULL,
    by_name      TEXT    NOT NULL,
    reason       TEXT,
    status_after TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX case_event_case ON case_event (case_id, number);

CREATE TABLE document (
    id         TEXT    NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL REFERENCES person (id),
    case_id    TEXT    REFERENCES case_file (id),
    name       BLOB    NOT NULL,                -- sealed
    mime       TEXT    NOT NULL,
    size       INTEGER NOT NULL,                -- bytes before sealing
    sha256     TEXT    NOT NULL,
    object_key TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX document_person ON document (person);
CREATE INDEX document_case ON document (case_id);

-- Other systems may insert here: id, case_id, outcome and reason are enough.
CREATE TABLE decision (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE CHECK (id <> ''),
    case_id         TEXT    NOT NULL REFERENCES case_file (id),
    outcome         TEXT    NOT NULL CHECK (outcome IN ('accepted', 'rejected')),
    reason          TEXT    NOT NULL CHECK (trim(reason) <> ''),
    early_reason    TEXT,                       -- why before the policy's two weeks
    decided_by      TEXT,
    decided_at      TEXT    CHECK (decided_at IS NULL OR datetime(decided_at) IS NOT NULL), -- ISO 8601
    source          TEXT    NOT NULL DEFAULT 'other system',
    taken_at        INTEGER,                    -- set by wasl
    refused_because TEXT                        -- set by wasl
) STRICT;
CREATE INDEX decision_pending ON decision (seq) WHERE taken_at IS NULL;
CREATE INDEX decision_case ON decision (case_id);

CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision WHEN OLD.taken_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'this decision was taken and cannot be changed; insert a new one'); END;
CREATE TRIGGER decision_stays BEFORE DELETE ON decision WHEN OLD.taken_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'this decision was taken and cannot be deleted'); END;
