-- What channels with a provider need: where to go on asking, who cannot be reached, which keyboard stands, which file
-- is still to be fetched.

ALTER TABLE address ADD COLUMN blocked_at timestamptz;  -- since when nothing arrives there
ALTER TABLE address ADD COLUMN keyboard text;           -- the message whose keyboard stands, by the provider's id

ALTER TABLE inbox ADD COLUMN fetch_at timestamptz;      -- it waits for a file, which is to be fetched then
ALTER TABLE inbox ADD COLUMN fetches bigint NOT NULL DEFAULT 0;
CREATE INDEX inbox_fetch ON inbox (fetch_at) WHERE fetch_at IS NOT NULL;

CREATE TABLE pull (
    channel    text        NOT NULL PRIMARY KEY,
    cursor     text,                            -- what to ask for next; everything before it is stored
    held_by    text        NOT NULL,            -- the server that asks
    held_until timestamptz NOT NULL
);

-- Each channel has senders of its own.
DROP INDEX outbox_queued;
CREATE INDEX outbox_queued ON outbox (channel, lane, due_at, seq) WHERE state = 'queued';
