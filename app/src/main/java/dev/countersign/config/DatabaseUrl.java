package dev.countersign.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A database on a PostgreSQL server: {@code postgresql://user:password@host:port/database}, with
 * options behind a question mark. Never printed with its password.
 *
 * @param host a name or an address, IPv6 in brackets
 * @param port where the server listens
 * @param database the name of the database
 * @param user the role to sign in as
 * @param password its password, or empty where the server asks for none
 * @param options some of {@code schema}, {@code sslmode}, {@code sslrootcert}, {@code sslcert} and
 *     {@code sslkey}; what begins with ssl means what it means to libpq
 */
public record DatabaseUrl(
        String host,
        int port,
        String database,
        String user,
        Optional<String> password,
        Map<String, String> options) {
    /** Names the database for every command, where {@code ps} does not show it. */
    public static final String VARIABLE = "COUNTERSIGN_DATABASE_URL";

    /** Holds the password of a URL that has none, as for the server's own tools. */
    public static final String PASSWORD_VARIABLE = "PGPASSWORD";

    private static final int STANDARD_PORT = 5432;
    private static final int MOST_PORT = 65_535;
    private static final Set<String> OPTIONS =
            Set.of("schema", "sslmode", "sslrootcert", "sslcert", "sslkey");
    private static final Set<String> TLS =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    public DatabaseUrl {
        options = Map.copyOf(options);
    }

    /** Reads a URL; what is wrong with it is told without repeating it. */
    public static DatabaseUrl of(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw problem("is no URL: " + e.getReason() + " at character " + (e.getIndex() + 1));
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw problem("begins with another word");
        }
        if (uri.getHost() == null || uri.getPort() > MOST_PORT || uri.getPort() == 0) {
            throw problem("names no host and port");
        }
        if (uri.getRawFragment() != null) {
            throw problem("has a `#`; within a password it is written %23");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String[] who = uri.getRawUserInfo() == null ? new String[0] : parts(uri.getRawUserInfo());
        if (path.length() < 2 || path.indexOf('/', 1) >= 0) {
            throw problem("names no database");
        }
        if (who.length == 0 || who[0].isEmpty()) {
            throw problem("names no user");
        }
        return new DatabaseUrl(
                uri.getHost(),
                uri.getPort() < 0 ? STANDARD_PORT : uri.getPort(),
                decoded(path.substring(1)),
                decoded(who[0]),
                who.length > 1 ? Optional.of(decoded(who[1])) : Optional.empty(),
                options(uri.getRawQuery() == null ? "" : uri.getRawQuery()));
    }

    /** The one a variable names, if one does, with the password of another. */
    public static Optional<DatabaseUrl> named(Optional<String> given, Surroundings around) {
        return given.or(() -> around.variable(VARIABLE))
                .map(DatabaseUrl::of)
                .map(url -> url.withPassword(around));
    }

    /** With the password of the variable where it has none of its own. */
    public DatabaseUrl withPassword(Surroundings around) {
        return new DatabaseUrl(
                host,
                port,
                database,
                user,
                password.or(() -> around.variable(PASSWORD_VARIABLE)),
                options);
    }

    /** The same database, in a schema of this name. */
    DatabaseUrl withSchema(String schema) {
        Map<String, String> other = new TreeMap<>(options);
        other.put("schema", schema);
        return new DatabaseUrl(host, port, database, user, password, other);
    }

    private static String[] parts(String userInfo) {
        return userInfo.split(":", 2);
    }

    private static Map<String, String> options(String query) {
        Map<String, String> options = new TreeMap<>();
        for (String each : query.split("&", -1)) {
            if (each.isEmpty()) {
                continue;
            }
            String[] pair = each.split("=", 2);
            String name = decoded(pair[0]);
            if (pair.length < 2 || !OPTIONS.contains(name)) {
                throw problem(
                        "has an unknown option; there are schema, sslmode, sslrootcert, sslcert"
                                + " and sslkey, each with `=` and a value");
            }
            options.put(name, decoded(pair[1]));
        }
        String tls = options.get("sslmode");
        if (tls != null && !TLS.contains(tls)) {
            throw problem(
                    "has an unknown sslmode; there are disable, allow, prefer, require, verify-ca"
                            + " and verify-full");
        }
        return options;
    }

    private static String decoded(String text) {
        // A plus sign is a plus sign here.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static SettingsProblem problem(String what) {
        return new SettingsProblem(
                "the database URL "
                        + what
                        + "; expected `postgresql://user:password@host:port/database`");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
    }
}
