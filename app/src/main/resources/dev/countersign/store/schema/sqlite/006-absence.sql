-- When time does the next thing to a question: it escalates, or nobody answered. Milliseconds since
-- 1970.
ALTER TABLE approval ADD COLUMN due INTEGER;
UPDATE approval SET due = expires WHERE state = 'pending';
CREATE INDEX approval_due ON approval (due) WHERE state = 'pending';

-- What an owner answered alone for everybody who was asked, and which people know of it.
ALTER TABLE approval ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;
CREATE INDEX approval_broken ON approval (seq) WHERE broken = 1;
CREATE TABLE acknowledged (
    approval TEXT NOT NULL,
    person   TEXT NOT NULL,
    PRIMARY KEY (approval, person)
) STRICT;
