-- The ledger. What listings filter by is computed from the hashed text, so the two cannot disagree.
CREATE TABLE ledger (
    idx      INTEGER PRIMARY KEY,
    record   TEXT NOT NULL,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    kind     TEXT GENERATED ALWAYS AS (record ->> '$.kind') VIRTUAL,
    at       TEXT GENERATED ALWAYS AS (record ->> '$.at') VIRTUAL,
    decision TEXT GENERATED ALWAYS AS (record ->> '$.decision') VIRTUAL,
    agent    TEXT GENERATED ALWAYS AS (record ->> '$.agent') VIRTUAL,
    person   TEXT GENERATED ALWAYS AS (record ->> '$.person') VIRTUAL,
    client   TEXT GENERATED ALWAYS AS (record ->> '$.client') VIRTUAL,
    project  TEXT GENERATED ALWAYS AS (record ->> '$.project') VIRTUAL,
    session  TEXT GENERATED ALWAYS AS (record ->> '$.session') VIRTUAL,
    call     TEXT GENERATED ALWAYS AS (record ->> '$.call') VIRTUAL,
    tool     TEXT GENERATED ALWAYS AS (record ->> '$.tool') VIRTUAL,
    effect   TEXT GENERATED ALWAYS AS (record ->> '$.effect') VIRTUAL,
    risk     TEXT GENERATED ALWAYS AS (record ->> '$.risk') VIRTUAL,
    decider  TEXT GENERATED ALWAYS AS (record ->> '$.decider') VIRTUAL
) STRICT;

-- An index on one column ends in the row's idx, which is the order of every listing.
CREATE INDEX ledger_decision ON ledger (decision) WHERE decision IS NOT NULL;
CREATE INDEX ledger_agent ON ledger (agent) WHERE agent IS NOT NULL;
CREATE INDEX ledger_project ON ledger (project) WHERE project IS NOT NULL;
CREATE INDEX ledger_session ON ledger (session) WHERE session IS NOT NULL;
CREATE INDEX ledger_person ON ledger (person) WHERE person IS NOT NULL;
CREATE INDEX ledger_call ON ledger (call) WHERE call IS NOT NULL;
CREATE INDEX ledger_at ON ledger (at);

-- Bodies too long for a record, which holds their hash.
CREATE TABLE payload (
    idx  INTEGER PRIMARY KEY REFERENCES ledger (idx),
    body TEXT NOT NULL
) STRICT;

-- REPLACE deletes without firing a delete trigger, so an insert must be the next record.
CREATE TRIGGER ledger_grows BEFORE INSERT ON ledger
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger)
BEGIN SELECT RAISE(ABORT, 'a ledger record is only ever added at the end'); END;
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger record is never deleted'); END;
CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger record is never changed'); END;
CREATE TRIGGER payload_grows BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE idx = NEW.idx)
BEGIN SELECT RAISE(ABORT, 'a payload is never replaced'); END;
CREATE TRIGGER payload_keeps BEFORE DELETE ON payload
BEGIN SELECT RAISE(ABORT, 'a payload is never deleted'); END;
CREATE TRIGGER payload_stays BEFORE UPDATE ON payload
BEGIN SELECT RAISE(ABORT, 'a payload is never changed'); END;

-- Numbers that are never given twice.
CREATE TABLE sequence (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequence (name, last) VALUES ('approval', 0);

CREATE TABLE approval (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    state   TEXT NOT NULL,
    digest  TEXT NOT NULL,
    request TEXT NOT NULL
) STRICT;
CREATE INDEX approval_pending ON approval (seq) WHERE state = 'pending';
CREATE INDEX approval_live ON approval (digest) WHERE state IN ('pending', 'approved');

CREATE TABLE person (
    email TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    roles TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    hash      TEXT NOT NULL UNIQUE,
    agent     TEXT,
    person    TEXT,
    project   TEXT,
    confirmed INTEGER NOT NULL,
    created   TEXT NOT NULL,
    expires   TEXT,
    revoked   TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE web_session (
    hash    TEXT PRIMARY KEY,
    email   TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accepted_file (
    path   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (path, sha256)
) STRICT, WITHOUT ROWID;
