-- What SQLite's script of this number makes; what it is for stands there.
DROP TABLE web_session;
CREATE TABLE web_session (
    hash      text PRIMARY KEY,
    id        text NOT NULL UNIQUE,
    email     text NOT NULL,
    way       text NOT NULL,
    client    text NOT NULL,
    created   text COLLATE "C" NOT NULL,
    expires   text COLLATE "C" NOT NULL,
    used      text NOT NULL,
    confirmed text
);
CREATE INDEX web_session_email ON web_session (email);

CREATE TABLE sign_in_link (
    hash    text PRIMARY KEY,
    email   text NOT NULL,
    expires text COLLATE "C" NOT NULL
);

CREATE TABLE password (
    email   text PRIMARY KEY,
    hash    text NOT NULL,
    changed text NOT NULL
);

CREATE TABLE passkey (
    id         text PRIMARY KEY,
    email      text NOT NULL,
    handle     text NOT NULL,
    rp         text NOT NULL,
    name       text NOT NULL,
    public_key text NOT NULL,
    backed_up  integer NOT NULL,
    counter    bigint NOT NULL,
    created    text COLLATE "C" NOT NULL,
    used       text
);
CREATE INDEX passkey_email ON passkey (email);

CREATE TABLE provider_account (
    issuer  text NOT NULL,
    subject text NOT NULL,
    email   text NOT NULL,
    PRIMARY KEY (issuer, subject)
);
