-- What people approved for more than one call. Its history is in the ledger. Times are
-- milliseconds since 1970.
CREATE TABLE remembered (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    tenant  TEXT NOT NULL,
    agent   TEXT NOT NULL,
    expires INTEGER,
    idle    INTEGER,
    uses    INTEGER,
    used    INTEGER NOT NULL,
    made    INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    ended   INTEGER,
    ending  TEXT,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX remembered_holding ON remembered (tenant, agent) WHERE ended IS NULL;
INSERT INTO sequence (name, last) VALUES ('grant', 0);
