-- A browser is known by its cookie and by what its pages carry. Sessions from before had nothing of
-- the latter kind: browsers sign in anew.
DELETE FROM web_session;
ALTER TABLE web_session ADD COLUMN page TEXT;

-- Browsers that somebody signed in with by a password: the failures of others do not hold them up.
CREATE TABLE known_browser (
    hash  TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    used  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX known_browser_email ON known_browser (email);

-- What a person is to read when they sign in the next time.
CREATE TABLE sign_in_notice (
    email TEXT NOT NULL,
    at    TEXT NOT NULL,
    text  TEXT NOT NULL,
    seen  INTEGER NOT NULL,
    PRIMARY KEY (email, at, text)
) STRICT, WITHOUT ROWID;
