-- Searches that people keep for themselves.
CREATE TABLE saved_view (
    email  text COLLATE "C" NOT NULL,
    name   text COLLATE "C" NOT NULL,
    search text NOT NULL,
    PRIMARY KEY (email, name)
);
