-- What SQLite's script of this number makes; what it is for stands there.
ALTER TABLE delivery ADD COLUMN together bigint NOT NULL DEFAULT 0;
CREATE INDEX delivery_question ON delivery (approval);

CREATE TABLE push_subscription (
    id       text COLLATE "C" PRIMARY KEY,
    email    text COLLATE "C" NOT NULL,
    endpoint text NOT NULL,
    key      text NOT NULL,
    auth     text NOT NULL,
    label    text NOT NULL,
    at       bigint NOT NULL
);
CREATE INDEX push_subscription_email ON push_subscription (email);
