-- Searches that people keep for themselves.
CREATE TABLE saved_view (
    email  TEXT NOT NULL,
    name   TEXT NOT NULL,
    search TEXT NOT NULL,
    PRIMARY KEY (email, name)
) STRICT, WITHOUT ROWID;
