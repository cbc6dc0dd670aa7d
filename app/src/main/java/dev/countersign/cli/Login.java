package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.DataFolder;
import dev.countersign.edge.EdgeFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;

/** Signs a person in, or gets this device its token, by a code that is confirmed in a page. */
final class Login implements Command {
    private static final int LONGEST_HOST = 40;

    private final Tools tools;

    Login(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("login", "Sign in, so that you can vote from this terminal.")
                .flag("--device", "get a token for this device instead, for its `edge`")
                .option(
                        "--agent",
                        "NAME",
                        "the agent the device asks for (default: the name of this machine)")
                .note("Prints a code and a page; confirm the code where you are signed in.")
                .note("A device token asks for decisions and votes for nobody.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        if (given.has("--device")) {
            return device(given, server);
        }
        if (given.value("--agent").isPresent()) {
            throw Failure.usage("`--agent` goes with `--device`");
        }
        ObjectNode body =
                new DeviceFlow(tools, "login")
                        .run(server, Json.object().put("name", "countersign login"));
        new SignIns(tools.around())
                .keep(server.base(), DeviceFlow.token(body), Json.text(body, "id"));
        String person = Json.text(body, "person");
        tools.terminal()
                .line("Signed in" + (person.isEmpty() ? "" : " as " + Visible.line(person)) + ".");
        return 0;
    }

    private int device(Given given, ServerClient server) throws InterruptedException {
        String agent = given.value("--agent").orElseGet(() -> machine(tools));
        ObjectNode body =
                new DeviceFlow(tools, "login --device")
                        .run(
                                server,
                                Json.object()
                                        .put("name", "countersign on " + machine(tools))
                                        .put("agent", agent));
        if (!Json.text(body, "agent").equals(agent)) {
            throw Failure.failed("the server knows no device tokens; it is too old");
        }
        Path folder =
                Where.of(given, tools.around())
                        .namedData()
                        .orElseGet(() -> DataFolder.edge(tools.around()));
        try {
            new EdgeFolder(folder)
                    .keep(server.base(), DeviceFlow.token(body), Json.text(body, "id"));
        } catch (IOException e) {
            throw Failure.failed("cannot write to `" + folder + "`: " + Reading.why(e));
        }
        tools.terminal()
                .line(
                        "This device asks as the agent "
                                + Visible.line(agent)
                                + ", driven by "
                                + Visible.line(Json.text(body, "person"))
                                + ".");
        tools.terminal()
                .line(
                        "Next step:  "
                                + Program.command("edge --server " + Wiring.base(server.base())));
        return 0;
    }

    /** What this machine is called, as a name of an agent. */
    static String machine(Tools tools) {
        String name =
                tools.around()
                        .variable("HOSTNAME")
                        .or(() -> tools.around().variable("COMPUTERNAME"))
                        .orElseGet(Login::hostName)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("\\..*", "")
                        .replaceAll("[^a-z0-9-]", "-");
        String some = name.isEmpty() ? "laptop" : name;
        return some.length() <= LONGEST_HOST ? some : some.substring(0, LONGEST_HOST);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "laptop";
        }
    }
}
