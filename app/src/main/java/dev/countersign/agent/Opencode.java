package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookFields.Unclear;
import dev.countersign.decision.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * opencode through a plugin of ours, as measured on 1.18.33: what throws in it runs nothing, and
 * the model reads the message. A plugin that does not load is missed by nobody there.
 */
final class Opencode implements Client {
    static final String NAME = "opencode";
    private static final String CALL = "tool.execute.before";
    private static final String PLUGIN = Sending.load("opencode-plugin.js");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        return HookFields.read(event, body, "session", hook -> read(event, hook, scene));
    }

    private static HookEvent read(String event, ObjectNode hook, Scene scene) throws Unclear {
        String session = hook.path("session").asText("");
        return switch (event) {
            case CALL -> call(hook, scene);
            case "tool.execute.after" ->
                    new HookEvent.Ran(
                            new Outcome(
                                    null,
                                    callId(hook),
                                    HookFields.required(hook, "session"),
                                    Wording.bounded(
                                            hook.path("input").path("tool").asText(""),
                                            HookFields.LONGEST_NAME),
                                    "success",
                                    null,
                                    HookFields.summary(hook.path("output"))));
            case "session.created" ->
                    new HookEvent.SessionStart(
                            HookFields.required(hook, "session"), folder(hook, scene), "startup");
            default ->
                    new HookEvent.Other(
                            Wording.bounded(event, HookFields.LONGEST_NAME),
                            session.isEmpty() ? null : session);
        };
    }

    private static HookEvent call(ObjectNode hook, Scene scene) throws Unclear {
        if (!(hook.path("input") instanceof ObjectNode named)) {
            throw new Unclear("`input` is missing");
        }
        if (!(hook.path("args") instanceof ObjectNode args)) {
            throw new Unclear("`args` is not a JSON object");
        }
        if (Canary.TOOL.equals(HookFields.text(named, "tool"))) {
            return new HookEvent.CanaryCall(
                    HookFields.text(hook, "session"), HookReader.nonce(args));
        }
        return new HookEvent.ToolUse(
                HookReader.call(
                        NAME,
                        HookFields.required(named, "tool"),
                        args,
                        folder(hook, scene),
                        HookFields.required(hook, "session"),
                        HookFields.text(hook, "agent"),
                        callId(hook),
                        scene));
    }

    private static @Nullable String callId(ObjectNode hook) {
        return hook.path("input") instanceof ObjectNode named
                ? HookFields.text(named, "callID")
                : null;
    }

    private static String folder(ObjectNode hook, Scene scene) throws Unclear {
        return HookFields.absolute("directory", hook.path("directory").asText(""), scene);
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (Said.of(event, answer, CALL::equals)) {
            case Said.Allowed allowed -> {
                out.put("allow", true);
                if (allowed.input() != null) {
                    out.set("args", allowed.input());
                }
                yield out;
            }
            case Said.Refused refused -> out.put("deny", refused.why());
            case Said.Halted _, Said.Greeted _, Said.Silent _ -> out;
        };
    }

    @Override
    public Duration patience(String event) {
        return Duration.ofSeconds(event.equals(CALL) ? Setup.PATIENCE : Setup.OBSERVED);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        boolean decides =
                event instanceof HookEvent.ToolUse
                        || event instanceof HookEvent.CanaryCall
                        || (event instanceof HookEvent.Unreadable unreadable
                                && unreadable.event().equals(CALL));
        return !decides || answer.path("allow").asBoolean(false) || answer.path("deny").isTextual();
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "opencode",
                        List.of("opencode"),
                        "1.18.33",
                        Opencode::layout,
                        new Setup.Canaried(CALL, Opencode::canary),
                        List.of(
                                "`--pure`, OPENCODE_PURE and another HOME leave the plugin out, and"
                                        + " no place of the machine survives that: on a developer's"
                                        + " own machine this is advice, not enforcement",
                                "a plugin that does not load is left out in silence; sessions"
                                        + " without a record of their start show it")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        return switch (level) {
            case MANAGED -> List.of();
            case USER ->
                    List.of(
                            plugin(
                                    homes.variable()
                                            .apply("XDG_CONFIG_HOME")
                                            .map(Path::of)
                                            .filter(Path::isAbsolute)
                                            .orElse(homes.home().resolve(".config"))
                                            .resolve("opencode"),
                                    sending));
            case PROJECT -> List.of(plugin(homes.project().resolve(".opencode"), sending));
        };
    }

    private static Setup.Part plugin(Path folder, Sending sending) {
        return new Setup.Part(
                folder.resolve("plugin").resolve("countersign.js"),
                new Setup.Content.Whole(
                        PLUGIN.replace("@SERVER@", sending.server())
                                .replace(
                                        "@CONFIG@",
                                        sending.config()
                                                .toString()
                                                .replace("\\", "\\\\")
                                                .replace("'", "\\'"))
                                .replace("@SECONDS@", Integer.toString(Setup.PATIENCE)),
                        false));
    }

    private static ObjectNode canary(String nonce) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("session", "canary-" + nonce).put("directory", "/");
        body.putObject("input").put("tool", Canary.TOOL).put("callID", nonce);
        body.putObject("args").put("nonce", nonce);
        return body;
    }
}
