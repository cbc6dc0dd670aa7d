-- The team of a record is found in its list of teams.
CREATE OR REPLACE FUNCTION ledger_grows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- jsonb has no NUL. What stands for it is as long and leaves backslashes before it as they are.
    body jsonb := replace(NEW.record, '\u0000', '\u0001')::jsonb;
BEGIN
    IF NEW.idx <> (SELECT coalesce(max(idx) + 1,
            -- A copy of a ledger whose first records were taken out goes on behind them.
            (SELECT coalesce(max(idx + length(hashes) / 32), 0) FROM leaf)) FROM ledger) THEN
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
    RETURN NEW;
END $$;
ALTER TABLE ledger DROP COLUMN team;
