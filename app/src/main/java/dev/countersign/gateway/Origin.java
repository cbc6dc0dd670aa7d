package dev.countersign.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where calls come from and which server they are for.
 *
 * @param client the program that hosts the agent, as rules and records name it
 * @param server the MCP server, as rules and records name it
 * @param cwd absolute
 * @param session what its calls belong to
 */
public record Origin(String client, String server, String cwd, String session) {
    /** Two underscores together end the name of a server in the name of a tool. */
    private static final Pattern SERVER =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}(_[A-Za-z0-9.-]{1,62}){0,8}");

    /** Programs that only start another one. */
    private static final Set<String> STARTERS =
            Set.of(
                    "node", "npx", "bunx", "bun", "deno", "run", "x", "exec", "dlx", "npm", "pnpm",
                    "yarn", "python", "python3", "py", "uv", "uvx", "pipx", "tool", "docker",
                    "podman", "sh", "bash", "env", "java");

    public Origin {
        if (!isServerName(server)) {
            throw new IllegalArgumentException("`" + server + "` is no name of a server");
        }
    }

    /** Whether rules can name a server so. */
    public static boolean isServerName(String name) {
        return SERVER.matcher(name).matches();
    }

    /** A name for the server that a command starts: that of its program or package. */
    public static Optional<String> serverName(List<String> command) {
        return command.stream()
                .filter(word -> !word.startsWith("-") && !word.contains("="))
                .map(Origin::base)
                .filter(word -> !word.isEmpty() && !STARTERS.contains(word))
                .findFirst()
                .filter(Origin::isServerName);
    }

    private static String base(String word) {
        String name = word.substring(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
        int version = name.indexOf('@', 1);
        String bare = version > 0 ? name.substring(0, version) : name;
        return bare.replaceFirst("(?i)\\.(exe|cmd|bat|sh|py|js|mjs|cjs|ts|jar)$", "")
                .replaceAll("[^A-Za-z0-9.-]+", "_")
                .replaceAll("^[_.-]+|_+$", "");
    }

    /** The name of a tool as hooks have it. */
    String tool(String name) {
        return "mcp__" + server + "__" + name;
    }

    /** What every message to the authority says. */
    ObjectNode body() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("client", client)
                .put("cwd", cwd)
                .put("session", session);
    }
}
