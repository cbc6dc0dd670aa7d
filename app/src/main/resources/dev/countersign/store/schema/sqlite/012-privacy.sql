-- Who is meant by the names that records use for people. Without email and key a person is erased.
CREATE TABLE pseudonym (
    name   TEXT PRIMARY KEY,
    email  TEXT UNIQUE,
    key    BLOB,
    erased TEXT
) STRICT, WITHOUT ROWID;

-- What a record holds by a salted hash only, locked with the key of the person it is about.
CREATE TABLE sealed (
    idx    INTEGER PRIMARY KEY REFERENCES ledger (idx),
    person TEXT NOT NULL,
    box    BLOB NOT NULL
) STRICT;
CREATE TRIGGER sealed_grows BEFORE INSERT ON sealed
WHEN EXISTS (SELECT 1 FROM sealed WHERE idx = NEW.idx)
BEGIN SELECT RAISE(ABORT, 'what is sealed is never replaced'); END;
CREATE TRIGGER sealed_stays BEFORE UPDATE ON sealed
BEGIN SELECT RAISE(ABORT, 'what is sealed is never changed'); END;
CREATE TRIGGER sealed_keeps BEFORE DELETE ON sealed
WHEN NOT EXISTS (SELECT 1 FROM pseudonym WHERE name = OLD.person AND erased IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'what is sealed is deleted only when its person is erased'); END;
