-- The built-in defaults that are in force: those of the program that were accepted last, with all
-- their tables, so that a newer program can tell what it would newly allow.
CREATE TABLE defaults (
    place   INTEGER PRIMARY KEY CHECK (place = 1),
    version TEXT NOT NULL,
    tables  TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
