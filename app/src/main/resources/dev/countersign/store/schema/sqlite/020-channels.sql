-- By what ways people are told of questions besides the pages. What is secret of one is sealed.
CREATE TABLE channel (
    name     TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    secrets  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to questions and was not handed to the channels yet; each in the transaction in which
-- it happened, so that nobody is left untold by a server that dies.
CREATE TABLE notice (
    seq      INTEGER PRIMARY KEY,
    approval TEXT NOT NULL,
    version  INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL,
    votes    INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- What each channel is to send, to whom, and what became of it. One row for what is said to one
-- recipient of one version of a question.
CREATE TABLE delivery (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    channel   TEXT NOT NULL,
    recipient TEXT NOT NULL,
    approval  TEXT NOT NULL,
    version   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    state     TEXT NOT NULL,
    votes     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    status    TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    ended     INTEGER,
    error     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX delivery_once ON delivery (channel, recipient, approval, version);
CREATE INDEX delivery_waiting ON delivery (channel, seq) WHERE status = 'waiting';
CREATE INDEX delivery_failed ON delivery (seq) WHERE status = 'failed';
CREATE INDEX delivery_ended ON delivery (ended) WHERE status = 'sent';

-- Where a channel has put a question, so that it can be changed there or gone on with.
CREATE TABLE posted (
    channel   TEXT NOT NULL,
    recipient TEXT NOT NULL,
    approval  TEXT NOT NULL,
    place     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (channel, recipient, approval)
) STRICT, WITHOUT ROWID;

-- Links in messages: each for one person, one question as it was then, once.
CREATE TABLE answer_link (
    hash     TEXT PRIMARY KEY,
    channel  TEXT NOT NULL,
    approval TEXT NOT NULL,
    digest   TEXT NOT NULL,
    email    TEXT NOT NULL,
    expires  INTEGER NOT NULL,
    used     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_link_expires ON answer_link (expires);

-- Whose accounts elsewhere are whose.
CREATE TABLE linked_account (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    email   TEXT NOT NULL,
    seal    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX linked_account_email ON linked_account (email);

-- When and by what a person or a team wants to be told.
CREATE TABLE told_how (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
