-- What SQLite's script of this number makes; what it is for stands there.
DELETE FROM web_session;
ALTER TABLE web_session ADD COLUMN page text;

CREATE TABLE known_browser (
    hash  text PRIMARY KEY,
    email text NOT NULL,
    used  text COLLATE "C" NOT NULL
);
CREATE INDEX known_browser_email ON known_browser (email);

CREATE TABLE sign_in_notice (
    email text NOT NULL,
    at    text COLLATE "C" NOT NULL,
    text  text NOT NULL,
    seen  integer NOT NULL,
    PRIMARY KEY (email, at, text)
);
