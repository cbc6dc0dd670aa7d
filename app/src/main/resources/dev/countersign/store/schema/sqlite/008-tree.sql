-- The Merkle tree over the records: roots of complete subtrees of 256, 65,536, ... of them. The
-- hashes of single records are not kept, they are found from the records.
CREATE TABLE tree (
    level INTEGER NOT NULL CHECK (level > 0),
    idx   INTEGER NOT NULL,
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

-- What was signed about the ledger, as signed notes. Times are milliseconds since 1970.
CREATE TABLE checkpoint (
    seq  INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_size ON checkpoint (size);

CREATE TRIGGER tree_grows BEFORE INSERT ON tree
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM tree WHERE level = NEW.level)
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is only ever added at the end'); END;
CREATE TRIGGER tree_keeps BEFORE DELETE ON tree
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is never deleted'); END;
CREATE TRIGGER tree_stays BEFORE UPDATE ON tree
BEGIN SELECT RAISE(ABORT, 'a hash of the tree is never changed'); END;
CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
