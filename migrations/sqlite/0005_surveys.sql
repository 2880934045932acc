-- What people say about the service, and what they file beside requests.

CREATE TABLE survey_asked (
    session TEXT    NOT NULL PRIMARY KEY,
    person  TEXT    NOT NULL REFERENCES person (id),
    case_id TEXT    REFERENCES case_file (id),
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX survey_asked_person ON survey_asked (person, at);

CREATE TABLE survey_answer (
    session   TEXT    NOT NULL,
    question  TEXT    NOT NULL,
    person    TEXT    NOT NULL REFERENCES person (id),
    case_id   TEXT    REFERENCES case_file (id),
    number    INTEGER,
    choice    TEXT,
    text      BLOB,                             -- sealed
    complete  INTEGER NOT NULL CHECK (complete IN (0, 1)),
    channel   TEXT    NOT NULL,
    locale    TEXT    NOT NULL,
    solicited INTEGER NOT NULL CHECK (solicited IN (0, 1)),
    at        INTEGER NOT NULL,
    PRIMARY KEY (session, question)
) STRICT;
CREATE INDEX survey_answer_person ON survey_answer (person);

-- Suggestions and complaints.
CREATE TABLE filed (
    session   TEXT    NOT NULL PRIMARY KEY,
    person    TEXT    NOT NULL REFERENCES person (id),
    kind      TEXT    NOT NULL,
    form_id   TEXT    NOT NULL,
    form_hash TEXT    NOT NULL,
    locale    TEXT    NOT NULL,
    channel   TEXT    NOT NULL,
    answers   BLOB    NOT NULL,                 -- sealed
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX filed_at ON filed (at);
CREATE INDEX filed_person ON filed (person);
