-- Own roles, teams, projects and agents, each a document under its name; and what they and people
-- are found by, such as `role:maintainer`, so that nothing is looked for by reading all of them.
CREATE TABLE entity (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE term (
    term TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (term, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_of ON term (kind, name);

-- Roles in one team or project, as a list of objects.
ALTER TABLE person ADD COLUMN held TEXT NOT NULL DEFAULT '[]';

INSERT INTO entity (kind, name, body)
    SELECT DISTINCT 'team', value, '{}' FROM person, json_each(person.teams);
INSERT INTO term (term, kind, name)
    SELECT 'role:' || value, 'person', email FROM person, json_each(person.roles)
    UNION SELECT 'needs:role:' || value, 'person', email FROM person, json_each(person.roles)
    UNION SELECT 'team:' || value, 'person', email FROM person, json_each(person.teams)
    UNION SELECT 'needs:team:' || value, 'person', email FROM person, json_each(person.teams);

-- Agents that asked and that nobody added; times by the minute.
CREATE TABLE sighting (
    agent TEXT PRIMARY KEY,
    first TEXT NOT NULL,
    last  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What tokens are for, as a list, empty for all their kind can be for; when they were used last.
ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN used TEXT;
CREATE INDEX token_person ON token (person);
CREATE INDEX token_agent ON token (agent);
CREATE INDEX token_created ON token (created, id);
