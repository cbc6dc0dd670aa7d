-- Documents put on the server. Their history is in the ledger.
CREATE TABLE policy (
    level  TEXT NOT NULL,
    of     TEXT NOT NULL,
    name   TEXT NOT NULL,
    file   TEXT NOT NULL,
    text   TEXT NOT NULL,
    person TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (level, of, name)
) STRICT, WITHOUT ROWID;
