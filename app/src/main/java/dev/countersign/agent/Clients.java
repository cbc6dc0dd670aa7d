package dev.countersign.agent;

import java.util.List;
import java.util.Optional;

/** The clients this build can talk to. */
public final class Clients {
    private static final List<Client> ALL = List.of(new ClaudeCode());

    private Clients() {}

    public static List<Client> all() {
        return ALL;
    }

    public static Optional<Client> named(String name) {
        return ALL.stream().filter(client -> client.name().equals(name)).findFirst();
    }
}
