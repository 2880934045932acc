-- What the desk keeps and watches over.

-- What was signed before it was completed and signed again: each earlier signature with the answers under it, so that
-- its hash can still be recomputed.
CREATE TABLE earlier_signature (
    case_id uuid        NOT NULL REFERENCES case_file (id),
    number  bigint      NOT NULL,               -- from 1, in the order of signing
    signed  bytea       NOT NULL,               -- sealed
    at      timestamptz NOT NULL,               -- when it was replaced
    PRIMARY KEY (case_id, number)
);

-- The link that a start prints while nobody may enter: the next one, and the first colleague, make it void.
ALTER TABLE invite ADD COLUMN first boolean NOT NULL DEFAULT FALSE;

CREATE INDEX task_of_person ON task (person, kind) WHERE done_at IS NULL;
