-- What providers tell of the parts they took, and when people may be written to.

-- A part that waits until its person speaks again is 'held'. SQLite changes no CHECK, so the table is made anew.
CREATE TABLE outbox_new (
    seq         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,        -- <event>/<n>
    person      TEXT    NOT NULL REFERENCES person (id),
    channel     TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    speaker     TEXT    NOT NULL,               -- bot, staff, you
    purpose     TEXT    NOT NULL,               -- reply, notice, reminder, survey, redraw, knock
    lane        INTEGER NOT NULL,               -- 0 leaves first
    body        BLOB    NOT NULL,               -- sealed
    at          INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('readable', 'queued', 'held', 'sent', 'dead', 'late', 'forgotten')),
    due_at      INTEGER NOT NULL,
    not_after   INTEGER,
    lease_until INTEGER NOT NULL DEFAULT 0,     -- 0: in nobody's hands
    attempt     INTEGER NOT NULL DEFAULT 0,
    unknown     INTEGER NOT NULL DEFAULT 0 CHECK (unknown IN (0, 1)), -- it may have left before
    tried_at    INTEGER,
    provider_id TEXT,
    cause       TEXT,
    private     INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)), -- of a complaint: in no transcript
    stage       INTEGER NOT NULL DEFAULT 0      -- 0 nothing was told, 1 sent on, 2 failed, 3 arrived, 4 read
) STRICT;
INSERT INTO outbox_new (seq, id, person, channel, path, speaker, purpose, lane, body, at, state, due_at, not_after,
                        lease_until, attempt, unknown, tried_at, provider_id, cause, private)
SELECT seq, id, person, channel, path, speaker, purpose, lane, body, at, state, due_at, not_after, lease_until, attempt,
       unknown, tried_at, provider_id, cause, private FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_queued ON outbox (channel, lane, due_at, seq) WHERE state = 'queued';
CREATE INDEX outbox_queued_person ON outbox (person, seq) WHERE state = 'queued';
CREATE INDEX outbox_person ON outbox (person, seq);
CREATE INDEX outbox_not_after ON outbox (not_after) WHERE state IN ('queued', 'held') AND not_after IS NOT NULL;
CREATE INDEX outbox_held ON outbox (channel, path) WHERE state = 'held';

ALTER TABLE address ADD COLUMN heard_at INTEGER;   -- when the person spoke there last, where that is counted
ALTER TABLE address ADD COLUMN knocked_at INTEGER; -- when they were asked there to open the chat
ALTER TABLE address ADD COLUMN allowed_at INTEGER; -- since when they may be written to first there; NULL: they may not
