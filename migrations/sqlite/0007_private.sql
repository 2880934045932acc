-- What was promised to people: erasure, complaints apart, how long a person was waited for.

-- Bytes on object storage that no row names any more. A key stands here from the transaction that gave the paper up
-- until the bytes are deleted, so that a crash in between leaves nothing behind.
CREATE TABLE discarded (
    object_key TEXT    NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX document_object ON document (object_key);

-- Lines of a complaint are read by who wrote them, and by nobody in the transcript.
ALTER TABLE outbox ADD COLUMN private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1));

ALTER TABLE human_stretch ADD COLUMN taken_at INTEGER; -- NULL: nobody of staff took it (yet)

-- Nobody's name is in it: how long people waited for a person, not who.
CREATE VIEW human_stretch_v1 AS
SELECT h.id, h.reason,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.started_at / 1000000, 'unixepoch') AS referred_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.taken_at / 1000000, 'unixepoch') AS taken_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.ended_at / 1000000, 'unixepoch') AS ended_at,
       (h.taken_at - h.started_at) / 1000000 AS waited_seconds
FROM human_stretch h;

-- A decision stays as it was taken; only the words in it go when their person is forgotten.
DROP TRIGGER decision_is_final;
CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision
WHEN OLD.taken_at IS NOT NULL AND NOT (
    NEW.reason = 'erased' AND (NEW.early_reason IS NULL OR NEW.early_reason = 'erased')
    AND NEW.seq = OLD.seq AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.outcome = OLD.outcome
    AND NEW.decided_by IS OLD.decided_by AND NEW.decided_at IS OLD.decided_at AND NEW.source = OLD.source
    AND NEW.taken_at = OLD.taken_at AND NEW.refused_because IS OLD.refused_because
    AND EXISTS (SELECT 1 FROM case_file c JOIN person p ON p.id = c.person WHERE c.id = OLD.case_id AND p.key IS NULL)
)
BEGIN SELECT RAISE(ABORT, 'this decision was taken and cannot be changed; insert a new one'); END;
