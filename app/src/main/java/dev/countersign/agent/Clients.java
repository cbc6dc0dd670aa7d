package dev.countersign.agent;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The clients this build can talk to. */
public final class Clients {
    private static final List<Client> ALL =
            List.of(
                    new ClaudeCode(),
                    new Codex(),
                    new Gemini(),
                    new Opencode(),
                    new Copilot(),
                    new Qwen(),
                    new Cline(),
                    new Cursor(),
                    new VsCode(),
                    new Windsurf(),
                    new Kiro());

    private Clients() {}

    public static List<Client> all() {
        return ALL;
    }

    /** Variables that tell a program that it was started below a client, by the client's name. */
    public static Map<String, Set<String>> markers() {
        return ALL.stream().collect(Collectors.toUnmodifiableMap(Client::name, Client::markers));
    }

    public static Optional<Client> named(String name) {
        return ALL.stream().filter(client -> client.name().equals(name)).findFirst();
    }
}
