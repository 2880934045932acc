-- What people say about the service, and what they file beside requests.

CREATE TABLE survey_asked (
    session uuid NOT NULL PRIMARY KEY,
    person  uuid NOT NULL REFERENCES person (id),
    case_id uuid REFERENCES case_file (id),
    at      timestamptz NOT NULL
);
CREATE INDEX survey_asked_person ON survey_asked (person, at);

CREATE TABLE survey_answer (
    session   uuid NOT NULL,
    question  text NOT NULL,
    person    uuid NOT NULL REFERENCES person (id),
    case_id   uuid REFERENCES case_file (id),
    number    bigint,
    choice    text,
    text      bytea, -- sealed
    complete  boolean NOT NULL,
    channel   text NOT NULL,
    locale    text NOT NULL,
    solicited boolean NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (session, question)
);
CREATE INDEX survey_answer_person ON survey_answer (person);

-- Suggestions and complaints.
CREATE TABLE filed (
    session   uuid NOT NULL PRIMARY KEY,
    person    uuid NOT NULL REFERENCES person (id),
    kind      text NOT NULL,
    form_id   text NOT NULL,
    form_hash text NOT NULL,
    locale    text NOT NULL,
    channel   text NOT NULL,
    answers   bytea NOT NULL, -- sealed
    at        timestamptz NOT NULL
);
CREATE INDEX filed_at ON filed (at);
CREATE INDEX filed_person ON filed (person);
