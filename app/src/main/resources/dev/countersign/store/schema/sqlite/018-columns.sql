-- What a record costs the one thread that writes is for the most part what SQLite computes of it. So
-- only what an index needs is a column; other filters look into the records that are left.
ALTER TABLE ledger DROP COLUMN team;
ALTER TABLE ledger DROP COLUMN client;
ALTER TABLE ledger DROP COLUMN tool;
ALTER TABLE ledger DROP COLUMN effect;
ALTER TABLE ledger DROP COLUMN risk;
ALTER TABLE ledger DROP COLUMN decider;

-- Before an insert, every column would be computed once more. REPLACE deletes without firing a delete
-- trigger, but for those who ask for it, as the server does.
DROP TRIGGER ledger_grows;
CREATE TRIGGER ledger_grows AFTER INSERT ON ledger
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1,
        -- A copy of a ledger whose first records were taken out goes on behind them.
        (SELECT coalesce(max(idx + length(hashes) / 32), 0) FROM leaf))
        FROM ledger WHERE idx < NEW.idx)
    OR EXISTS (SELECT 1 FROM ledger WHERE idx > NEW.idx)
BEGIN SELECT RAISE(ABORT, 'a ledger record is only ever added at the end'); END;
