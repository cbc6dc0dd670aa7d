-- Records that were archived and taken out. The ledger begins at the newest anchor; the record it
-- names, of the kind prune, says what was there and proves what remains.
CREATE TABLE anchor (
    size   INTEGER PRIMARY KEY CHECK (size > 0),
    record INTEGER NOT NULL
) STRICT;
CREATE TRIGGER anchor_grows BEFORE INSERT ON anchor
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM anchor)
    OR NEW.record < NEW.size
    OR NOT EXISTS (SELECT 1 FROM ledger WHERE idx = NEW.record AND record ->> '$.kind' = 'prune')
BEGIN SELECT RAISE(ABORT, 'an anchor is only ever moved on, by a record'); END;
CREATE TRIGGER anchor_stays BEFORE UPDATE ON anchor
BEGIN SELECT RAISE(ABORT, 'an anchor is never changed'); END;
CREATE TRIGGER anchor_keeps BEFORE DELETE ON anchor
BEGIN SELECT RAISE(ABORT, 'an anchor is never deleted'); END;

-- The leaf hashes of records that were taken out, 32 bytes each, in runs that stay within one tile
-- of 256; idx is the first of a run.
CREATE TABLE leaf (
    idx    INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
) STRICT;
CREATE TRIGGER leaf_grows BEFORE INSERT ON leaf
WHEN EXISTS (SELECT 1 FROM leaf WHERE idx = NEW.idx)
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is never replaced'); END;
CREATE TRIGGER leaf_stays BEFORE UPDATE ON leaf
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is never changed'); END;
CREATE TRIGGER leaf_keeps BEFORE DELETE ON leaf
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is never deleted'); END;

-- Runs of records that were written to a file: from first on, size is where the next one begins,
-- note the checkpoint of so many records, record the one that says so.
CREATE TABLE segment (
    first  INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL CHECK (size > first),
    name   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    record INTEGER NOT NULL,
    note   TEXT NOT NULL
) STRICT;

-- Legal holds in force, as their records have them.
CREATE TABLE hold (
    id   TEXT PRIMARY KEY,
    hold TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DROP TRIGGER ledger_keeps;
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger
WHEN OLD.idx >= (SELECT coalesce(max(size), 0) FROM anchor)
BEGIN SELECT RAISE(ABORT, 'a ledger record is never deleted'); END;
DROP TRIGGER payload_keeps;
CREATE TRIGGER payload_keeps BEFORE DELETE ON payload
WHEN OLD.idx >= (SELECT coalesce(max(size), 0) FROM anchor)
BEGIN SELECT RAISE(ABORT, 'a payload is never deleted'); END;
DROP TRIGGER sealed_keeps;
CREATE TRIGGER sealed_keeps BEFORE DELETE ON sealed
WHEN OLD.idx >= (SELECT coalesce(max(size), 0) FROM anchor)
    AND NOT EXISTS (SELECT 1 FROM pseudonym WHERE name = OLD.person AND erased IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'what is sealed is deleted only when its person is erased'); END;
