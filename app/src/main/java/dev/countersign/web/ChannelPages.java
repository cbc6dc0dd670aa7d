package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ChannelRoutes;
import dev.countersign.api.Problem;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.config.ChannelField;
import dev.countersign.config.ChannelKind;

/** By what ways people are told of questions: added, tested, tried again and ended. */
final class ChannelPages {
    private final SettingPages page;
    private final ChannelRoutes channels;

    ChannelPages(SettingPages page, ChannelRoutes channels) {
        this.page = page;
        this.channels = channels;
    }

    /** Adds one or changes it. */
    void put(Visit visit) throws NotRecorded {
        try {
            ChannelKind kind =
                    ChannelKind.of(visit.text("kind", 40))
                            .orElseThrow(() ->
                                    new Problem(
                                            Problem.Kind.BAD_REQUEST,
                                            Texts.say("channel.the-form-names-no")));
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("kind", kind.wire());
            ObjectNode settings = body.putObject("settings");
            ObjectNode secrets = body.putObject("secrets");
            for (ChannelField field : kind.fields()) {
                String typed = visit.text(field.name(), 2_000);
                if (!typed.isEmpty()) {
                    (field.secret() ? secrets : settings).put(field.name(), typed);
                }
            }
            String name = visit.text("name", 40);
            ObjectNode made = channels.put(name, body, visit.person());
            page.integrations(
                    visit,
                    200,
                    Texts.say("channel.is-there", name),
                    made.path("secret").asText(""),
                    "");
        } catch (Problem problem) {
            failed(visit, problem);
        }
    }

    /** Tests one, tries again what it gave up, or ends it. */
    void change(Visit visit) throws NotRecorded {
        String name = visit.parameter("id");
        try {
            String notice =
                    switch (visit.field("answer")) {
                        case "test" -> {
                            ObjectNode tried = channels.test(name, visit.person());
                            if (!tried.path("arrived").asBoolean()) {
                                throw new Problem(
                                        Problem.Kind.CONFLICT,
                                        Texts.say(
                                                "channel.did-not-arrive",
                                                tried.path("error").asText()));
                            }
                            yield Texts.say("channel.the-test-message-arrived");
                        }
                        case "replay" -> {
                            ObjectNode which = JsonNodeFactory.instance.objectNode();
                            String id = visit.text("message", 64);
                            which.put(id.isEmpty() ? "channel" : "id", id.isEmpty() ? name : id);
                            yield Texts.say(
                                    "channel.sent-again",
                                    channels.replay(which, visit.person()).path("again").asInt());
                        }
                        case "remove" -> {
                            ObjectNode _ = channels.remove(name, visit.person());
                            yield Texts.say("channel.is-gone", name);
                        }
                        default ->
                                throw new Problem(
                                        Problem.Kind.BAD_REQUEST,
                                        Texts.say("channel.the-form-names-no-answer"));
                    };
            page.integrations(visit, 200, notice, "", "");
        } catch (Problem problem) {
            failed(visit, problem);
        }
    }

    private void failed(Visit visit, Problem problem) {
        if (problem.kind() == Problem.Kind.STEP_UP) {
            throw problem;
        }
        page.integrations(visit, problem.kind().status(), "", "", Site.sentence(problem.detail()));
    }
}
