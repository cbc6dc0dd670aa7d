package dev.countersign.store;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table with what is put into it.
 *
 * @param columns those that are stored as they are given
 * @param order what its rows are added in the order of, also the first columns
 * @param numbered whether the database numbers its rows, by the column {@code seq}
 */
record Table(String name, List<String> columns, List<String> order, boolean numbered) {
    /** All of them, those that others refer to first. */
    static final List<Table> ALL =
            List.of(
                    // A ledger goes on behind what was taken out of it.
                    of("leaf", "idx", "hashes"),
                    of("ledger", "idx", "record hash"),
                    of("payload", "idx", "body"),
                    of("sealed", "idx", "person box"),
                    of("pseudonym", "name", "email key erased"),
                    of("tree", "level idx", "hash"),
                    numbered("checkpoint", "size at note"),
                    numbered("cosigned", "witness size at note"),
                    of("anchor", "size", "record"),
                    of("segment", "first", "size name sha256 record note"),
                    of("hold", "id", "hold"),
                    of("sequence", "name", "last"),
                    numbered(
                            "approval",
                            "id version state digest edited task expires due broken request"),
                    of("acknowledged", "what person", ""),
                    numbered(
                            "remembered",
                            "id tenant agent expires idle uses used made touched ended ending"
                                    + " body"),
                    numbered("deferred", "id version kept decision call"),
                    numbered("alarm", "id text times last"),
                    of("stop", "id", "kind name reason person at ended"),
                    of("policy", "level of name", "file text person at"),
                    of("defaults", "place", "version tables at"),
                    of("person", "email", "name roles teams held"),
                    of("entity", "kind name", "body"),
                    of("term", "term kind name", ""),
                    of("sighting", "agent", "first last"),
                    of(
                            "token",
                            "id",
                            "name kind hash agent person project confirmed created expires"
                                    + " revoked scopes used made_by"),
                    of(
                            "web_session",
                            "hash",
                            "id email way client created expires used confirmed page made_by"),
                    of("sign_in_link", "hash", "email expires made_by"),
                    of("password", "email", "hash changed"),
                    of(
                            "passkey",
                            "id",
                            "email handle rp name public_key backed_up counter created used"),
                    of("provider_account", "issuer subject", "email"),
                    of("known_browser", "hash", "email used"),
                    of("sign_in_notice", "email at text", "seen"),
                    of("saved_view", "email name", "search"),
                    of("tool_pin", "server tool sha256", "state definition agent at"),
                    of("accepted_file", "path sha256", "person"),
                    of("channel", "name", "settings secrets"),
                    numbered("notice", "approval version kind state votes at"),
                    numbered(
                            "delivery",
                            "id channel recipient approval version kind state votes at status"
                                    + " attempts due ended error together"),
                    of("push_subscription", "id", "email endpoint key auth label at"),
                    of("posted", "channel recipient approval", "place at"),
                    of("answer_link", "hash", "channel approval digest email expires used"),
                    of("linked_account", "channel account", "email seal at"),
                    of("told_how", "kind name", "body"));

    private static Table of(String name, String key, String others) {
        List<String> order = words(key);
        return new Table(
                name, Stream.concat(order.stream(), words(others).stream()).toList(), order, false);
    }

    private static Table numbered(String name, String others) {
        Table table = of(name, "seq", others);
        return new Table(name, table.columns, table.order, true);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** Asks for all rows, in order. */
    String select() {
        return "SELECT "
                + String.join(", ", columns)
                + " FROM "
                + name
                + " ORDER BY "
                + String.join(", ", order);
    }

    /** Adds a row. */
    String insert() {
        return "INSERT INTO "
                + name
                + " ("
                + String.join(", ", columns)
                + ") VALUES ("
                + columns.stream().map(_ -> "?").collect(Collectors.joining(", "))
                + ")";
    }
}
