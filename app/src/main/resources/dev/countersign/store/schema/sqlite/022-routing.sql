-- What waits to be told together with others, once its time has come.
ALTER TABLE delivery ADD COLUMN together INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_question ON delivery (approval);

-- Browsers whose persons want to be told there.
CREATE TABLE push_subscription (
    id       TEXT PRIMARY KEY,
    email    TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    key      TEXT NOT NULL,
    auth     TEXT NOT NULL,
    label    TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX push_subscription_email ON push_subscription (email);
