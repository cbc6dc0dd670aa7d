package dev.countersign.analysis;

import org.jspecify.annotations.Nullable;

/**
 * The server and the tool in a client's name of an MCP tool.
 *
 * @param server the server, or null when the name does not have the form of an MCP tool
 * @param tool the tool
 */
record McpName(@Nullable String server, String tool) {

    /**
     * Reads {@code mcp__server__tool}, {@code mcp_server_tool} and {@code server/tool}, and the
     * forms of the clients that put nothing in front.
     */
    static McpName of(String client, String name) {
        if (name.startsWith("mcp__")) {
            return split(name, name.indexOf("__", 5), 5, 2);
        }
        if (name.startsWith("mcp_")) {
            return split(name, name.indexOf('_', 4), 4, 1);
        }
        if (name.indexOf('/') > 0) {
            return split(name, name.indexOf('/'), 0, 1);
        }
        return switch (client) {
            // Tools are named with underscores there, servers with hyphens.
            case "copilot" -> split(name, name.lastIndexOf('-'), 0, 1);
            case "opencode" -> split(name, name.indexOf('_'), 0, 1);
            default -> new McpName(null, name);
        };
    }

    private static McpName split(String name, int at, int from, int gap) {
        return at > from && at + gap < name.length()
                ? new McpName(name.substring(from, at), name.substring(at + gap))
                : new McpName(null, name);
    }
}
