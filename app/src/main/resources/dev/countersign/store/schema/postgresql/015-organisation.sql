-- What SQLite's script of this number makes; what it is for stands there.
CREATE TABLE entity (
    kind text NOT NULL,
    name text COLLATE "C" NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE term (
    term text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    name text COLLATE "C" NOT NULL,
    PRIMARY KEY (term, kind, name)
);
CREATE INDEX term_of ON term (kind, name);

ALTER TABLE person ADD COLUMN held text NOT NULL DEFAULT '[]';

INSERT INTO entity (kind, name, body)
    SELECT DISTINCT 'team', value, '{}' FROM person, jsonb_array_elements_text(teams::jsonb) value;
INSERT INTO term (term, kind, name)
    SELECT 'role:' || value, 'person', email
        FROM person, jsonb_array_elements_text(roles::jsonb) value
    UNION SELECT 'needs:role:' || value, 'person', email
        FROM person, jsonb_array_elements_text(roles::jsonb) value
    UNION SELECT 'team:' || value, 'person', email
        FROM person, jsonb_array_elements_text(teams::jsonb) value
    UNION SELECT 'needs:team:' || value, 'person', email
        FROM person, jsonb_array_elements_text(teams::jsonb) value;

CREATE TABLE sighting (
    agent text COLLATE "C" PRIMARY KEY,
    first text NOT NULL,
    last  text NOT NULL
);

ALTER TABLE token ADD COLUMN scopes text NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN used text;
CREATE INDEX token_person ON token (person);
CREATE INDEX token_agent ON token (agent);
CREATE INDEX token_created ON token (created, id);
