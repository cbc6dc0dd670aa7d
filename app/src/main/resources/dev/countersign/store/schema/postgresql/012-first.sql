-- The tables of data version 12, as the scripts of SQLite have made them up to there; what they are
-- for stands there. Whatever is ordered or compared by its text is so by its bytes.
CREATE TABLE countersign_data (
    place   integer PRIMARY KEY CHECK (place = 1),
    version integer NOT NULL
);

CREATE FUNCTION countersign_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

-- What listings filter by is computed from the hashed text when it is stored. One trigger reads the
-- text once; generated columns would each read it again.
CREATE TABLE ledger (
    idx      bigint PRIMARY KEY,
    record   text NOT NULL,
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    kind     text,
    at       text COLLATE "C",
    decision text,
    agent    text,
    person   text,
    client   text,
    project  text,
    session  text,
    call     text,
    tool     text,
    effect   text,
    risk     text,
    decider  text,
    team     text
);
CREATE INDEX ledger_decision ON ledger (decision, idx) WHERE decision IS NOT NULL;
CREATE INDEX ledger_agent ON ledger (agent, idx) WHERE agent IS NOT NULL;
CREATE INDEX ledger_project ON ledger (project, idx) WHERE project IS NOT NULL;
CREATE INDEX ledger_session ON ledger (session, idx) WHERE session IS NOT NULL;
CREATE INDEX ledger_person ON ledger (person, idx) WHERE person IS NOT NULL;
CREATE INDEX ledger_call ON ledger (call, idx) WHERE call IS NOT NULL;
CREATE INDEX ledger_at ON ledger (at, idx);

CREATE FUNCTION ledger_grows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- jsonb has no NUL. What stands for it is as long and leaves backslashes before it as they are.
    body jsonb := replace(NEW.record, '\u0000', '\u0001')::jsonb;
BEGIN
    IF NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger) THEN
        RAISE EXCEPTION 'a ledger record is only ever added at the end';
    END IF;
    NEW.kind     := body ->> 'kind';
    NEW.at       := body ->> 'at';
    NEW.decision := body ->> 'decision';
    NEW.agent    := body ->> 'agent';
    NEW.person   := body ->> 'person';
    NEW.client   := body ->> 'client';
    NEW.project  := body ->> 'project';
    NEW.session  := body ->> 'session';
    NEW.call     := body ->> 'call';
    NEW.tool     := body ->> 'tool';
    NEW.effect   := body ->> 'effect';
    NEW.risk     := body ->> 'risk';
    NEW.decider  := body ->> 'decider';
    NEW.team     := body ->> 'team';
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_grows BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_grows();
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a ledger record is never deleted');
CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a ledger record is never changed');
CREATE TRIGGER ledger_lasts BEFORE TRUNCATE ON ledger FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('a ledger record is never deleted');

CREATE TABLE payload (
    idx  bigint PRIMARY KEY REFERENCES ledger (idx),
    body text NOT NULL
);
CREATE TRIGGER payload_keeps BEFORE DELETE ON payload FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a payload is never deleted');
CREATE TRIGGER payload_stays BEFORE UPDATE ON payload FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a payload is never changed');
CREATE TRIGGER payload_lasts BEFORE TRUNCATE ON payload FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('a payload is never deleted');

CREATE TABLE pseudonym (
    name   text PRIMARY KEY,
    email  text UNIQUE,
    key    bytea,
    erased text
);

CREATE TABLE sealed (
    idx    bigint PRIMARY KEY REFERENCES ledger (idx),
    person text NOT NULL,
    box    bytea NOT NULL
);
CREATE FUNCTION sealed_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pseudonym WHERE name = OLD.person AND erased IS NOT NULL) THEN
        RAISE EXCEPTION 'what is sealed is deleted only when its person is erased'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER sealed_keeps BEFORE DELETE ON sealed FOR EACH ROW EXECUTE FUNCTION sealed_keeps();
CREATE TRIGGER sealed_stays BEFORE UPDATE ON sealed FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('what is sealed is never changed');
CREATE TRIGGER sealed_lasts BEFORE TRUNCATE ON sealed FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('what is sealed is deleted only when its person is erased');

CREATE TABLE tree (
    level integer NOT NULL CHECK (level > 0),
    idx   bigint NOT NULL,
    hash  bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
);
CREATE FUNCTION tree_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM tree WHERE level = NEW.level) THEN
        RAISE EXCEPTION 'a hash of the tree is only ever added at the end';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tree_grows BEFORE INSERT ON tree FOR EACH ROW EXECUTE FUNCTION tree_grows();
CREATE TRIGGER tree_keeps BEFORE DELETE ON tree FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never deleted');
CREATE TRIGGER tree_stays BEFORE UPDATE ON tree FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never changed');
CREATE TRIGGER tree_lasts BEFORE TRUNCATE ON tree FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never deleted');

CREATE TABLE checkpoint (
    seq  bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL,
    at   bigint NOT NULL,
    note text NOT NULL
);
CREATE INDEX checkpoint_size ON checkpoint (size);
CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a checkpoint is never changed');

CREATE TABLE sequence (
    name text PRIMARY KEY,
    last bigint NOT NULL
);
INSERT INTO sequence (name, last)
    VALUES ('approval', 0), ('stop', 0), ('grant', 0), ('deferred', 0), ('alarm', 0);

CREATE TABLE approval (
    seq     bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id      text NOT NULL UNIQUE,
    version integer NOT NULL,
    state   text NOT NULL,
    digest  text NOT NULL,
    edited  text,
    task    text NOT NULL DEFAULT '',
    expires bigint NOT NULL DEFAULT 0,
    due     bigint,
    broken  integer NOT NULL DEFAULT 0,
    request text NOT NULL
);
CREATE INDEX approval_pending ON approval (expires, seq) WHERE state = 'pending';
CREATE INDEX approval_ended ON approval (seq) WHERE state <> 'pending';
CREATE INDEX approval_live ON approval (digest) WHERE state IN ('pending', 'approved');
CREATE INDEX approval_edited ON approval (edited) WHERE state IN ('pending', 'approved');
CREATE INDEX approval_denied ON approval (task) WHERE state = 'denied';
CREATE INDEX approval_due ON approval (due) WHERE state = 'pending';
CREATE INDEX approval_broken ON approval (seq) WHERE broken = 1;

CREATE TABLE acknowledged (
    what   text NOT NULL,
    person text NOT NULL,
    PRIMARY KEY (what, person)
);

CREATE TABLE remembered (
    seq     bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id      text NOT NULL UNIQUE,
    tenant  text NOT NULL,
    agent   text NOT NULL,
    expires bigint,
    idle    bigint,
    uses    integer,
    used    integer NOT NULL,
    made    bigint NOT NULL,
    touched bigint NOT NULL,
    ended   bigint,
    ending  text,
    body    text NOT NULL
);
CREATE INDEX remembered_holding ON remembered (tenant, agent) WHERE ended IS NULL;

CREATE TABLE deferred (
    seq      bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id       text NOT NULL UNIQUE,
    version  integer NOT NULL,
    kept     integer NOT NULL,
    decision text NOT NULL,
    call     text NOT NULL
);
CREATE INDEX deferred_kept ON deferred (seq) WHERE kept = 1;
CREATE INDEX deferred_decision ON deferred (decision);

CREATE TABLE alarm (
    seq   bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id    text NOT NULL UNIQUE,
    text  text NOT NULL,
    times bigint NOT NULL,
    last  text NOT NULL
);
-- The text may be longer than an entry of an ordered index.
CREATE INDEX alarm_text ON alarm USING hash (text);

CREATE TABLE stop (
    id     text COLLATE "C" PRIMARY KEY,
    kind   text NOT NULL,
    name   text NOT NULL,
    reason text NOT NULL,
    person text NOT NULL,
    at     text COLLATE "C" NOT NULL,
    ended  text
);
CREATE INDEX stop_holding ON stop (at) WHERE ended IS NULL;

CREATE TABLE policy (
    level  text NOT NULL,
    of     text NOT NULL,
    name   text NOT NULL,
    file   text NOT NULL,
    text   text NOT NULL,
    person text NOT NULL,
    at     text NOT NULL,
    PRIMARY KEY (level, of, name)
);

CREATE TABLE defaults (
    place   integer PRIMARY KEY CHECK (place = 1),
    version text NOT NULL,
    tables  text NOT NULL,
    at      text NOT NULL
);

CREATE TABLE person (
    email text COLLATE "C" PRIMARY KEY,
    name  text NOT NULL,
    roles text NOT NULL,
    teams text NOT NULL DEFAULT '[]'
);

CREATE TABLE token (
    id        text PRIMARY KEY,
    name      text NOT NULL,
    kind      text NOT NULL,
    hash      text NOT NULL UNIQUE,
    agent     text,
    person    text,
    project   text,
    confirmed integer NOT NULL,
    created   text NOT NULL,
    expires   text,
    revoked   text
);

CREATE TABLE web_session (
    hash    text PRIMARY KEY,
    email   text NOT NULL,
    created text NOT NULL,
    expires text COLLATE "C" NOT NULL
);

CREATE TABLE accepted_file (
    path   text NOT NULL,
    sha256 text NOT NULL,
    person text NOT NULL,
    PRIMARY KEY (path, sha256)
);
