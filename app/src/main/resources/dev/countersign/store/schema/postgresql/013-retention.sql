-- What SQLite's script of this number makes; what it is for stands there.
CREATE TABLE anchor (
    size   bigint PRIMARY KEY CHECK (size > 0),
    record bigint NOT NULL
);
CREATE FUNCTION anchor_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= (SELECT coalesce(max(size), 0) FROM anchor)
        OR NEW.record < NEW.size
        OR NOT EXISTS (SELECT 1 FROM ledger WHERE idx = NEW.record AND kind = 'prune') THEN
        RAISE EXCEPTION 'an anchor is only ever moved on, by a record';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER anchor_grows BEFORE INSERT ON anchor FOR EACH ROW EXECUTE FUNCTION anchor_grows();
CREATE TRIGGER anchor_stays BEFORE UPDATE ON anchor FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('an anchor is never changed');
CREATE TRIGGER anchor_keeps BEFORE DELETE ON anchor FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('an anchor is never deleted');
CREATE TRIGGER anchor_lasts BEFORE TRUNCATE ON anchor FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('an anchor is never deleted');

CREATE TABLE leaf (
    idx    bigint PRIMARY KEY,
    hashes bytea NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
);
CREATE TRIGGER leaf_stays BEFORE UPDATE ON leaf FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never changed');
CREATE TRIGGER leaf_keeps BEFORE DELETE ON leaf FOR EACH ROW
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never deleted');
CREATE TRIGGER leaf_lasts BEFORE TRUNCATE ON leaf FOR EACH STATEMENT
    EXECUTE FUNCTION countersign_refuses('a hash of the tree is never deleted');

CREATE TABLE segment (
    first  bigint PRIMARY KEY,
    size   bigint NOT NULL CHECK (size > first),
    name   text NOT NULL,
    sha256 text NOT NULL,
    record bigint NOT NULL,
    note   text NOT NULL
);

CREATE TABLE hold (
    id   text COLLATE "C" PRIMARY KEY,
    hold text NOT NULL
);

CREATE FUNCTION countersign_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.idx >= (SELECT coalesce(max(size), 0) FROM anchor) THEN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER ledger_keeps ON ledger;
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger FOR EACH ROW
    EXECUTE FUNCTION countersign_keeps('a ledger record is never deleted');
DROP TRIGGER payload_keeps ON payload;
CREATE TRIGGER payload_keeps BEFORE DELETE ON payload FOR EACH ROW
    EXECUTE FUNCTION countersign_keeps('a payload is never deleted');
CREATE OR REPLACE FUNCTION sealed_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.idx >= (SELECT coalesce(max(size), 0) FROM anchor)
        AND NOT EXISTS (SELECT 1 FROM pseudonym WHERE name = OLD.person AND erased IS NOT NULL) THEN
        RAISE EXCEPTION 'what is sealed is deleted only when its person is erased'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
