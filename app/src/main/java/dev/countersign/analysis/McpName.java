package dev.countersign.analysis;

import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * What else the name may say, for rules that restrict a server: a plugin stands in front of its
     * server, some clients put a sign there, and others do not name the server at all.
     */
    static List<Resource> otherwise(String client, String name) {
        List<Resource> others = new ArrayList<>(0);
        if (name.startsWith("mcp__plugin_")) {
            McpName whole = of(client, name);
            String server = whole.server();
            int at = server == null ? -1 : server.indexOf('_');
            while (server != null && at >= 0) {
                others.add(new Resource.Tool(server.substring(at + 1), whole.tool()));
                at = server.indexOf('_', at + 1);
            }
        } else if (name.startsWith("@") && name.indexOf('/') > 1) {
            others.add(
                    new Resource.Tool(
                            name.substring(1, name.indexOf('/')),
                            name.substring(name.indexOf('/') + 1)));
        } else if (name.startsWith("MCP:")) {
            others.add(new Resource.Named("server", null));
        } else if (!name.startsWith("mcp_") && name.indexOf("__") > 0) {
            int at = name.indexOf("__");
            others.add(new Resource.Tool(name.substring(0, at), name.substring(at + 2)));
        }
        return others;
    }

    private static McpName split(String name, int at, int from, int gap) {
        return at > from && at + gap < name.length()
                ? new McpName(name.substring(from, at), name.substring(at + gap))
                : new McpName(null, name);
    }
}
