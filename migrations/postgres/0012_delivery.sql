-- What providers tell of the parts they took, and when people may be written to.

ALTER TABLE outbox DROP CONSTRAINT outbox_state_check;
-- A part that waits until its person speaks again is 'held'.
ALTER TABLE outbox ADD CONSTRAINT outbox_state_check
    CHECK (state IN ('readable', 'queued', 'held', 'sent', 'dead', 'late', 'forgotten'));
ALTER TABLE outbox ADD COLUMN stage bigint NOT NULL DEFAULT 0; -- 0 nothing was told, 1 sent on, 2 failed, 3 arrived, 4 read
DROP INDEX outbox_not_after;
CREATE INDEX outbox_not_after ON outbox (not_after) WHERE state IN ('queued', 'held') AND not_after IS NOT NULL;
CREATE INDEX outbox_held ON outbox (channel, path) WHERE state = 'held';

ALTER TABLE address ADD COLUMN heard_at timestamptz;   -- when the person spoke there last, where that is counted
ALTER TABLE address ADD COLUMN knocked_at timestamptz; -- when they were asked there to open the chat
ALTER TABLE address ADD COLUMN allowed_at timestamptz; -- since when they may be written to first there; NULL: they may not
