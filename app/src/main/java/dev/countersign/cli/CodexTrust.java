package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Sending;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Codex's trust in hooks of a user: without it they are skipped in silence. Codex itself computes
 * what it trusts, so its own server is asked for the hashes and told to keep them.
 */
final class CodexTrust {
    private static final int PATIENCE_SECONDS = 20;

    private CodexTrust() {}

    /** How it went. */
    sealed interface Trusted {
        record Yes(int hooks) implements Trusted {}

        record No(String why) implements Trusted {}
    }

    /** Looks only. */
    static Trusted look(Path codex, Path file, Surroundings around) {
        return run(codex, file, around, false);
    }

    /** Trusts the hooks of a file. */
    static Trusted grant(Path codex, Path file, Surroundings around) {
        return run(codex, file, around, true);
    }

    private static Trusted run(Path codex, Path file, Surroundings around, boolean grant) {
        Process process;
        try {
            process =
                    new ProcessBuilder(codex.toString(), "app-server")
                            .directory(around.cwd().toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return new Trusted.No("`codex app-server` does not start");
        }
        Thread end =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                                    process.destroyForcibly();
                                }
                            } catch (InterruptedException e) {
                                process.destroyForcibly();
                            }
                        });
        try (Talk talk = new Talk(process)) {
            talk.call(
                    "initialize",
                    Json.object()
                            .set(
                                    "clientInfo",
                                    Json.object().put("name", "countersign").put("version", "1")));
            talk.tell("initialized");
            List<JsonNode> hooks = talk.hooks(file, around.cwd());
            if (hooks.isEmpty()) {
                return new Trusted.No("Codex does not list them");
            }
            if (grant && hooks.stream().anyMatch(hook -> !trusted(hook))) {
                ObjectNode state = Json.object();
                hooks.forEach(hook ->
                        state.putObject(hook.path("key").asText())
                                .put("trusted_hash", hook.path("currentHash").asText())
                                .put("enabled", true));
                ObjectNode edit = Json.object().put("keyPath", "hooks.state");
                edit.set("value", state);
                edit.put("mergeStrategy", "upsert");
                ObjectNode edits = Json.object();
                edits.putArray("edits").add(edit);
                talk.call("config/batchWrite", edits);
                hooks = talk.hooks(file, around.cwd());
            }
            long not = hooks.stream().filter(hook -> !trusted(hook)).count();
            return not == 0
                    ? new Trusted.Yes(hooks.size())
                    : new Trusted.No(not + " of them are not trusted");
        } catch (IOException | Json.Broken e) {
            return new Trusted.No("`codex app-server` did not answer as expected");
        } finally {
            end.interrupt();
        }
    }

    private static boolean trusted(JsonNode hook) {
        return hook.path("trustStatus").asText().equals("trusted")
                && hook.path("enabled").asBoolean(true);
    }

    /** JSON, a message a line. */
    private static final class Talk implements AutoCloseable {
        private final Process process;
        private final Writer out;
        private final BufferedReader in;
        private int last;

        Talk(Process process) {
            this.process = process;
            out = process.outputWriter(StandardCharsets.UTF_8);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
        }

        JsonNode call(String method, JsonNode params) throws IOException, Json.Broken {
            int id = ++last;
            ObjectNode message = Json.object().put("id", id).put("method", method);
            message.set("params", params);
            send(message);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                ObjectNode answer = Json.readObject(line);
                if (answer.path("id").asInt(-1) == id && !answer.has("method")) {
                    if (!answer.has("result")) {
                        throw new IOException("refused");
                    }
                    return answer.path("result");
                }
            }
            throw new IOException("it ended");
        }

        void tell(String method) throws IOException {
            send(Json.object().put("method", method));
        }

        private void send(ObjectNode message) throws IOException {
            out.write(Json.write(message).replace("\n", " ") + "\n");
            out.flush();
        }

        /** The hooks that stand in a file and are ours. */
        List<JsonNode> hooks(Path file, Path cwd) throws IOException, Json.Broken {
            ObjectNode params = Json.object();
            params.putArray("cwds").add(cwd.toString());
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode hook : call("hooks/list", params).findParents("currentHash")) {
                if (hook.path("key").asText().startsWith(file.toString() + ":")
                        && hook.toString().contains(Sending.NAME)) {
                    found.add(hook);
                }
            }
            return found;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
