-- The team of a record, which a filter names.
ALTER TABLE ledger ADD COLUMN team TEXT GENERATED ALWAYS AS (record ->> '$.team') VIRTUAL;
