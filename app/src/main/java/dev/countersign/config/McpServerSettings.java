package dev.countersign.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A remote MCP server in front of which this one stands.
 *
 * @param name as clients find it, and as rules and records name it
 * @param url where it answers
 * @param tokenFile holds our own token for it
 */
public record McpServerSettings(String name, URI url, Optional<Path> tokenFile) {
    /** Two underscores together end the name of a server in the name of a tool. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}(_[A-Za-z0-9.-]{1,62}){0,8}");

    public McpServerSettings {
        if (!NAME.matcher(name).matches()) {
            throw new SettingsProblem(
                    "`"
                            + name
                            + "` is no name of an MCP server; expected letters, digits, dots,"
                            + " hyphens and single underscores");
        }
        String host = url.getHost();
        boolean here =
                host != null
                        && (host.equals("localhost")
                                || host.equals("[::1]")
                                || host.startsWith("127."));
        boolean usable =
                host != null
                        && url.getRawUserInfo() == null
                        && url.getRawFragment() == null
                        && ("https".equals(url.getScheme())
                                || ("http".equals(url.getScheme()) && here));
        if (!usable) {
            throw new SettingsProblem(
                    "the `url` of an MCP server must be an https address, or an http one on this"
                            + " machine, not `"
                            + url
                            + "`");
        }
    }
}
