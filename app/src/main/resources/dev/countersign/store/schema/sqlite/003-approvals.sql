-- What people stopped. Its history is in the ledger.
CREATE TABLE stop (
    id     TEXT PRIMARY KEY,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    at     TEXT NOT NULL,
    ended  TEXT
) STRICT;
CREATE INDEX stop_holding ON stop (at) WHERE ended IS NULL;
INSERT INTO sequence (name, last) VALUES ('stop', 0);

-- What was refused within a piece of work stays refused there.
ALTER TABLE approval ADD COLUMN task TEXT NOT NULL DEFAULT '';
CREATE INDEX approval_denied ON approval (task) WHERE state = 'denied';

-- Milliseconds since 1970. Nobody reads what is not due to find what is.
ALTER TABLE approval ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
UPDATE approval SET expires = unixepoch(request ->> '$.expires') * 1000;
DROP INDEX approval_pending;
CREATE INDEX approval_pending ON approval (expires, seq) WHERE state = 'pending';
CREATE INDEX approval_ended ON approval (seq) WHERE state <> 'pending';
