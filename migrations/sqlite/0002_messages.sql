-- Everything that happens is an inbox row; everything that is said is an outbox row.

CREATE TABLE inbox (
    seq         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    channel     TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    person      TEXT    NOT NULL REFERENCES person (id),
    kind        TEXT    NOT NULL,
    body        BLOB    NOT NULL,               -- sealed
    at          INTEGER NOT NULL,
    attempt     INTEGER NOT NULL DEFAULT 0,
    state       TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'parked')),
    ended_at    INTEGER,
    reason      TEXT,                           -- why it was parked
    UNIQUE (channel, external_id)
) STRICT;
CREATE INDEX inbox_waiting ON inbox (seq) WHERE state = 'waiting';
CREATE INDEX inbox_waiting_person ON inbox (person, seq) WHERE state = 'waiting';
CREATE INDEX inbox_person ON inbox (person);

-- What could not be read, kept as it came.
CREATE TABLE quarantine (
    id      INTEGER NOT NULL PRIMARY KEY,
    channel TEXT    NOT NULL,
    raw     BLOB    NOT NULL,
    reason  TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    seq         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,        -- <event>/<n>
    person      TEXT    NOT NULL REFERENCES person (id),
    channel     TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    speaker     TEXT    NOT NULL,               -- bot, staff, you
    purpose     TEXT    NOT NULL,               -- reply, notice, reminder, survey
    lane        INTEGER NOT NULL,               -- 0 leaves first
    body        BLOB    NOT NULL,               -- sealed
    at          INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('readable', 'queued', 'sent', 'dead', 'late', 'forgotten')),
    due_at      INTEGER NOT NULL,
    not_after   INTEGER,
    lease_until INTEGER NOT NULL DEFAULT 0,     -- 0: in nobody's hands
    attempt     INTEGER NOT NULL DEFAULT 0,
    unknown     INTEGER NOT NULL DEFAULT 0 CHECK (unknown IN (0, 1)), -- it may have left before
    tried_at    INTEGER,
    provider_id TEXT,
    cause       TEXT
) STRICT;
CREATE INDEX outbox_queued ON outbox (lane, due_at, seq) WHERE state = 'queued';
CREATE INDEX outbox_not_after ON outbox (not_after) WHERE state = 'queued' AND not_after IS NOT NULL;
CREATE INDEX outbox_queued_person ON outbox (person, seq) WHERE state = 'queued';
CREATE INDEX outbox_person ON outbox (person, seq);

CREATE TABLE timer (
    person TEXT    NOT NULL REFERENCES person (id),
    timer  TEXT    NOT NULL,
    due    INTEGER NOT NULL,
    PRIMARY KEY (person, timer)
) STRICT;
CREATE INDEX timer_due ON timer (due);
