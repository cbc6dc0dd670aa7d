-- Checkpoints that a witness co-signed, as signed notes with its signature and that of the ledger.
-- Times are seconds since 1970, as the witness says them.
CREATE TABLE cosigned (
    seq     INTEGER PRIMARY KEY,
    witness TEXT NOT NULL,
    size    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    note    TEXT NOT NULL
) STRICT;
CREATE INDEX cosigned_witness ON cosigned (witness, seq);

CREATE TRIGGER cosigned_stays BEFORE UPDATE ON cosigned
BEGIN SELECT RAISE(ABORT, 'a co-signed checkpoint is never changed'); END;
