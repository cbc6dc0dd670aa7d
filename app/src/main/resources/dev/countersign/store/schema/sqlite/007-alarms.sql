-- What every person must look at. The same words again are the same alarm until somebody knows.
CREATE TABLE alarm (
    seq   INTEGER PRIMARY KEY,
    id    TEXT NOT NULL UNIQUE,
    text  TEXT NOT NULL,
    times INTEGER NOT NULL,
    last  TEXT NOT NULL
) STRICT;
CREATE INDEX alarm_text ON alarm (text);
INSERT INTO sequence (name, last) VALUES ('alarm', 0);

-- People say of alarms, too, that they know of them.
ALTER TABLE acknowledged RENAME COLUMN approval TO what;
