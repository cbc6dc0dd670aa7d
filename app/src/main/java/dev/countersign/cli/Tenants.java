package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The commands on the other organisations that a server serves. */
final class Tenants {
    private static final String PATH = "/v1/tenants";

    private Tenants() {}

    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("tenants list", "List the other organisations on this server."),
                given -> PATH,
                "tenants",
                List.of("NAME", "STATE", "ADDRESS", "DESCRIPTION"),
                tenant ->
                        List.of(
                                Json.text(tenant, "name"),
                                Json.text(tenant, "state"),
                                Json.text(tenant, "address"),
                                Rows.or(
                                        Json.text(tenant, "trouble"),
                                        Rows.or(Json.text(tenant, "description"), "-"))),
                "None yet. Add one: "
                        + Program.command("tenants add NAME --address https://NAME.example.com"));
    }

    static Command close(Tools tools) {
        return new Removal(
                tools,
                Syntax.of("tenants close", "Serve a tenant no longer; its data stays.")
                        .note("`tenants add` with the same name opens it again.")
                        .argument("NAME"),
                PATH,
                closed -> "Closed " + Visible.line(Json.text(closed, "name")));
    }

    /** Adds one, or opens or changes it. */
    static Command add(Tools tools) {
        return new Request(
                tools,
                Syntax.of("tenants add", "Serve another organisation, with data of its own.")
                        .note(
                                "It has a host name of its own, people, agents, policies and a"
                                        + " ledger of its own, in the folder `tenants/NAME` of the"
                                        + " server's data. Its first owner signs in by the link of"
                                        + " `tenants link`.")
                        .argument("NAME")
                        .option("--address", "URL", "how its people reach it")
                        .option("--description", "TEXT", "one line for people"),
                (server, given) -> {
                    ObjectNode body = Json.object();
                    for (String field : List.of("address", "description")) {
                        given.value("--" + field).ifPresent(value -> body.put(field, value));
                    }
                    return server.put(Request.named(PATH, given), body);
                },
                (made, terminal) -> {
                    String name = Visible.line(Json.text(made, "name"));
                    terminal.line(
                            "Serving " + name + " at " + Visible.line(Json.text(made, "address")));
                    terminal.line("Next step:  " + Program.command("tenants link " + name));
                });
    }

    /** Invites the first owner. */
    static Command link(Tools tools) {
        return new Request(
                tools,
                Syntax.of("tenants link", "Make a link that signs a tenant's first owner in.")
                        .note(
                                "Only until that owner has set something of their own to sign in"
                                        + " with, and within 12 hours. Takes a signed-in owner of"
                                        + " the server.")
                        .argument("NAME"),
                (server, given) -> server.post(Request.named(PATH, given) + "/link", Json.object()),
                (made, terminal) -> {
                    terminal.line(Visible.line(Json.text(made, "sign_in")));
                    terminal.note("it works once, within 12 hours; who opens it is the owner");
                });
    }
}
