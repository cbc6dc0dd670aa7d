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
