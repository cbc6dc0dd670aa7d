package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Emails;

/**
 * Makes a link that signs a person in once. A running server makes it for who manages people and is
 * signed in; where none runs, the owner of the data folder may, and everybody is told.
 */
final class PeopleLink implements Command {
    private static final String STANDARD = "http://127.0.0.1:7373";

    private final Tools tools;

    PeopleLink(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("people link", "Make a link that signs a person in once, within 7 days.")
                .argument("EMAIL")
                .flag("--json", "print JSON")
                .note(
                        "A running server makes it for who is signed in and manages people. The"
                                + " owner of the data folder stops the server first, and starts it"
                                + " again: everybody is told by an alarm.");
    }

    @Override
    public int run(Given given) {
        String email = Emails.normal(given.argument(0));
        Where where = Where.of(given, tools.around());
        ObjectNode made =
                where.server().isPresent() || ServerClient.running(where.data()).isPresent()
                        ? ServerClient.of(where)
                                .post(
                                        "/v1/people/" + ServerClient.part(email) + "/link",
                                        Json.object())
                        : Json.object()
                                .put(
                                        "sign_in",
                                        STANDARD
                                                + "/sign-in?code="
                                                + tools.product()
                                                        .signInLink(where.place(), email)
                                                        .orElseThrow(() ->
                                                                Failure.failed(
                                                                        "nobody is `"
                                                                                + Visible.line(
                                                                                        email)
                                                                                + "`")));
        if (given.has("--json")) {
            tools.terminal().line(Json.write(made));
        } else {
            tools.terminal().line(Visible.line(Json.text(made, "sign_in")));
            tools.terminal()
                    .note(
                            "it works once, within 7 days, at the address people reach the server"
                                    + " under; who opens it may vote as "
                                    + Visible.line(email));
        }
        return 0;
    }
}
