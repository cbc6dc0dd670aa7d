-- Browser sessions that are listed, idle and are confirmed. Those from before had none of that:
-- browsers sign in anew.
DROP TABLE web_session;
CREATE TABLE web_session (
    hash      TEXT PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    email     TEXT NOT NULL,
    way       TEXT NOT NULL,
    client    TEXT NOT NULL,
    created   TEXT NOT NULL,
    expires   TEXT NOT NULL,
    used      TEXT NOT NULL,
    confirmed TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_email ON web_session (email);

-- Links that outlive the process; the code itself is nowhere.
CREATE TABLE sign_in_link (
    hash    TEXT PRIMARY KEY,
    email   TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Hashes by Argon2id, each with its parameters and salt.
CREATE TABLE password (
    email   TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- WebAuthn credentials; nothing in them is secret.
CREATE TABLE passkey (
    id         TEXT PRIMARY KEY,
    email      TEXT NOT NULL,
    handle     TEXT NOT NULL,
    rp         TEXT NOT NULL,
    name       TEXT NOT NULL,
    public_key TEXT NOT NULL,
    backed_up  INTEGER NOT NULL,
    counter    INTEGER NOT NULL,
    created    TEXT NOT NULL,
    used       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_email ON passkey (email);

-- Who an account at an OpenID provider is here.
CREATE TABLE provider_account (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    email   TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
