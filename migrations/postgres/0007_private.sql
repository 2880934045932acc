-- What was promised to people: erasure, complaints apart, how long a person was waited for.

-- Bytes on object storage that no row names any more. A key stands here from the transaction that gave the paper up
-- until the bytes are deleted, so that a crash in between leaves nothing behind.
CREATE TABLE discarded (
    object_key text NOT NULL PRIMARY KEY,
    at         timestamptz NOT NULL
);

CREATE INDEX document_object ON document (object_key);

-- Lines of a complaint are read by who wrote them, and by nobody in the transcript.
ALTER TABLE outbox ADD COLUMN private boolean NOT NULL DEFAULT FALSE;

ALTER TABLE human_stretch ADD COLUMN taken_at timestamptz; -- NULL: nobody of staff took it (yet)

-- Nobody's name is in it: how long people waited for a person, not who.
CREATE VIEW human_stretch_v1 AS
SELECT h.id, h.reason,
       iso8601(h.started_at) AS referred_at,
       iso8601(h.taken_at) AS taken_at,
       iso8601(h.ended_at) AS ended_at,
       trunc(extract(epoch FROM h.taken_at - h.started_at))::bigint AS waited_seconds
FROM human_stretch h;

-- A decision stays as it was taken; only the words in it go when their person is forgotten.
CREATE OR REPLACE FUNCTION decision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reason = 'erased' AND (NEW.early_reason IS NULL OR NEW.early_reason = 'erased')
        AND NEW.seq = OLD.seq AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.outcome = OLD.outcome
        AND NEW.decided_by IS NOT DISTINCT FROM OLD.decided_by AND NEW.decided_at IS NOT DISTINCT FROM OLD.decided_at
        AND NEW.source = OLD.source AND NEW.taken_at = OLD.taken_at
        AND NEW.refused_because IS NOT DISTINCT FROM OLD.refused_because
        AND EXISTS (SELECT 1 FROM case_file c JOIN person p ON p.id = c.person WHERE c.id = OLD.case_id AND p.key IS NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'this decision was taken and cannot be changed; insert a new one';
END $$;
