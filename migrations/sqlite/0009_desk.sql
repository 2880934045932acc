-- What the desk keeps and watches over.

-- What was signed before it was completed and signed again: each earlier signature with the answers under it, so that
-- its hash can still be recomputed.
CREATE TABLE earlier_signature (
    case_id TEXT    NOT NULL REFERENCES case_file (id),
    number  INTEGER NOT NULL,                   -- from 1, in the order of signing
    signed  BLOB    NOT NULL,                   -- sealed
    at      INTEGER NOT NULL,                   -- when it was replaced
    PRIMARY KEY (case_id, number)
) STRICT;

-- The link that a start prints while nobody may enter: the next one, and the first colleague, make it void.
ALTER TABLE invite ADD COLUMN first INTEGER NOT NULL DEFAULT 0 CHECK (first IN (0, 1));

CREATE INDEX task_of_person ON task (person, kind) WHERE done_at IS NULL;
