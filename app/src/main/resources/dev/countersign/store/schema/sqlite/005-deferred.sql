-- Calls that wait for their time; kept is 1 while one is not over or its agent does not know.
CREATE TABLE deferred (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    version  INTEGER NOT NULL,
    kept     INTEGER NOT NULL,
    decision TEXT NOT NULL,
    call     TEXT NOT NULL
) STRICT;
CREATE INDEX deferred_kept ON deferred (seq) WHERE kept = 1;
CREATE INDEX deferred_decision ON deferred (decision);
INSERT INTO sequence (name, last) VALUES ('deferred', 0);

-- A call that a person changed is also found as it was changed.
ALTER TABLE approval ADD COLUMN edited TEXT;
CREATE INDEX approval_edited ON approval (edited) WHERE state IN ('pending', 'approved');
