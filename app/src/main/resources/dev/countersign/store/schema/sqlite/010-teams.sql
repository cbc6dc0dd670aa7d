-- The teams a person belongs to, a JSON list of names.
ALTER TABLE person ADD COLUMN teams TEXT NOT NULL DEFAULT '[]';
