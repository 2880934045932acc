-- Who writes to the charity, where they are reached, and where their conversation stands.
-- Instants are microseconds since 1970-01-01T00:00Z; ids are UUIDs as lower-case hyphenated text.

CREATE TABLE person (
    id         TEXT    NOT NULL PRIMARY KEY,
    key        BLOB,                            -- wrapped by the master key; NULL once the person was forgotten
    channel    TEXT    NOT NULL,                -- the address last written from
    path       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE address (
    channel TEXT NOT NULL,
    path    TEXT NOT NULL,
    person  TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (channel, path)
) STRICT;
CREATE INDEX address_person ON address (person);

CREATE TABLE conversation (
    person     TEXT    NOT NULL PRIMARY KEY REFERENCES person (id),
    state      BLOB    NOT NULL,                -- sealed
    version    INTEGER NOT NULL,                -- counts from 1; a save names the version it read
    with_human INTEGER NOT NULL CHECK (with_human IN (0, 1)),
    locale     TEXT,
    updated_at INTEGER NOT NULL
) STRICT;

-- Each time that a conversation was with a person of staff, or waited for one.
CREATE TABLE human_stretch (
    id         INTEGER NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL REFERENCES person (id),
    reason     TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX human_stretch_open ON human_stretch (person) WHERE ended_at IS NULL;

CREATE TABLE consent (
    id      INTEGER NOT NULL PRIMARY KEY,
    person  TEXT    NOT NULL REFERENCES person (id),
    given   INTEGER NOT NULL CHECK (given IN (0, 1)),
    version TEXT    NOT NULL,
    locale  TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    wording TEXT    NOT NULL,                   -- the very words that were shown
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_person ON consent (person, id);

-- Keyed digests by which sealed values are found again.
CREATE TABLE blind (
    kind    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL REFERENCES person (id),
    case_id TEXT,
    UNIQUE (kind, digest, person, case_id)
) STRICT;
CREATE INDEX blind_person ON blind (person);
