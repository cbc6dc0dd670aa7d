package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.people.Permission;
import dev.countersign.people.Roles;
import dev.countersign.people.TokenScope;
import dev.countersign.web.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The tables of who may do what in {@code docs/security.md} are those the server goes by. With
 * {@code -Dcountersign.write=true} they are written anew.
 */
final class RouteTableTest {
    private static final Path PAGE = Path.of("..", "docs", "security.md");

    @Test
    void theRolesAreTheData() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("| may | " + String.join(" | ", Roles.builtIn().keySet()) + " |");
        lines.add("|---" + "|---".repeat(Roles.builtIn().size()) + "|");
        for (Permission permission : Permission.values()) {
            StringBuilder line = new StringBuilder("| `" + permission.wire() + "`: ");
            line.append(permission.meaning()).append(" |");
            Roles.builtIn()
                    .values()
                    .forEach(all -> line.append(all.contains(permission) ? " yes |" : " |"));
            lines.add(line.toString());
        }
        compare("roles", lines);
    }

    @Test
    void theRoutesAreTheData() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| route | people with | agent's token | token not confirmed | one project | owner shortcut |"
                        + " nobody | scope |");
        lines.add("|---|---|---|---|---|---|---|---|");
        for (Route route : Route.values()) {
            TokenScope scope = route.scope();
            String people =
                    route.permits(Route.Kind.PERSON)
                            ? permission(route.permission()) + there(route.placed())
                            : "";
            lines.add(
                    "| `"
                            + route.method()
                            + " "
                            + route.path()
                            + "` | "
                            + people
                            + recent(route.grave())
                            + yes(route.permits(Route.Kind.AGENT))
                            + yes(route.permits(Route.Kind.UNCONFIRMED))
                            + yes(
                                    !route.open()
                                            && route.withinProject()
                                            && route.permits(Route.Kind.PERSON))
                            + yes(route.permits(Route.Kind.OWNER))
                            + yes(route.open())
                            + (scope == null ? " |" : " | `" + scope.wire() + "`")
                            + " |");
        }
        for (Page page : Page.values()) {
            lines.add(
                    "| page `"
                            + page.method()
                            + " "
                            + page.path()
                            + "` | "
                            + permission(page.permission())
                            + there(page.placed())
                            + recent(page.grave())
                            + yes(false).repeat(4)
                            + yes(page.open())
                            + " | |");
        }
        compare("routes", lines);
    }

    private static String permission(@Nullable Permission permission) {
        return permission == null ? "any role" : "`" + permission.wire() + "`";
    }

    private static String there(boolean placed) {
        return placed ? " there" : "";
    }

    private static String recent(boolean grave) {
        return grave ? ", confirmed" : "";
    }

    private static String yes(boolean may) {
        return may ? " | yes" : " |";
    }

    private static void compare(String name, List<String> lines) throws IOException {
        String begin = "<!-- " + name.toLowerCase(Locale.ROOT) + " -->\n";
        String text = Files.readString(PAGE);
        int from = text.indexOf(begin) + begin.length();
        assertThat(from).as(begin).isGreaterThan(begin.length());
        int to = text.indexOf("\n\n", from);
        String table = String.join("\n", lines);
        if (Boolean.getBoolean("countersign.write")) {
            Files.writeString(PAGE, text.substring(0, from) + table + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to)).isEqualTo(table);
    }
}
