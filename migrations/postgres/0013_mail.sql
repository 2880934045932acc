-- What a channel wants to be told when it answers at an address: the mail that is answered, by its id and its subject.

ALTER TABLE address ADD COLUMN thread BYTEA; -- sealed
