-- The charity's staff, their sessions, their tasks, and the log of what they saw.

CREATE TABLE staff (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_session (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    staff      TEXT    NOT NULL REFERENCES staff (id),
    opened_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_session_staff ON staff_session (staff);

CREATE TABLE invite (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE TABLE failed_login (
    name_hash TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_login_name ON failed_login (name_hash, at);

CREATE TABLE task (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind    TEXT    NOT NULL,
    person  TEXT    REFERENCES person (id),
    case_id TEXT,
    detail  TEXT    NOT NULL,                   -- free of people's words
    at      INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX task_open ON task (id) WHERE done_at IS NULL;

-- Each row's hash covers the hash before it: a change anywhere breaks the chain from there on.
CREATE TABLE audit (
    seq    INTEGER NOT NULL PRIMARY KEY,
    who    TEXT    NOT NULL,
    what   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    hash   BLOB    NOT NULL
) STRICT;
