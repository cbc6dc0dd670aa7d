-- What MCP servers said of their tools: the first that was seen, and what came after it.
CREATE TABLE tool_pin (
    server     TEXT NOT NULL,
    tool       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    state      TEXT NOT NULL,
    definition TEXT NOT NULL,
    agent      TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (server, tool, sha256)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tool_pin_first ON tool_pin (server, tool) WHERE state = 'first';
