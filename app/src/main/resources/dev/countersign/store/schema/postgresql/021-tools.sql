-- What MCP servers said of their tools: the first that was seen, and what came after it.
CREATE TABLE tool_pin (
    server     text COLLATE "C" NOT NULL,
    tool       text COLLATE "C" NOT NULL,
    sha256     text COLLATE "C" NOT NULL,
    state      text NOT NULL,
    definition text NOT NULL,
    agent      text NOT NULL,
    at         text NOT NULL,
    PRIMARY KEY (server, tool, sha256)
);
CREATE UNIQUE INDEX tool_pin_first ON tool_pin (server, tool) WHERE state = 'first';
