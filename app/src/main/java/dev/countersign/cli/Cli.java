package dev.countersign.cli;

import dev.countersign.config.SettingsProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command line. Exit codes everywhere: 0 done, 1 failed, 2 wrong usage or unreadable policy;
 * {@code check} answers 0 allow, 10 ask, 20 deny, 30 defer.
 *
 * <p>The arguments are read by {@link Given}, not by a library: the usual one is compiled for Java
 * 5, whose classes no ahead-of-time cache holds, and that alone took half of the time of a check.
 */
public final class Cli {
    /** The version of the program. */
    public static final String VERSION = "0.1.0";

    /** Every command, in the order the help shows. */
    static final List<String> NAMES =
            List.of(
                    "serve",
                    "edge",
                    "connect",
                    "disconnect",
                    "doctor",
                    "check",
                    "analyze",
                    "run",
                    "git-gate install",
                    "git-gate remove",
                    "git-gate pass",
                    "policy lint",
                    "policy show",
                    "policy list",
                    "policy test",
                    "policy put",
                    "policy remove",
                    "policy accept",
                    "policy defaults",
                    "import",
                    "approvals list",
                    "approvals show",
                    "approvals approve",
                    "approvals acknowledge",
                    "approvals deny",
                    "approvals explain",
                    "approvals watch",
                    "deferred list",
                    "deferred approve",
                    "deferred release",
                    "deferred cancel",
                    "grants list",
                    "grants revoke",
                    "stop",
                    "resume",
                    "audit list",
                    "audit show",
                    "audit verify",
                    "audit export",
                    "audit report",
                    "audit archive",
                    "audit prune",
                    "audit hold",
                    "audit erase",
                    "audit checkpoint",
                    "audit resume",
                    "witness",
                    "data copy",
                    "mcp",
                    "acp",
                    "tools list",
                    "tools show",
                    "tools accept",
                    "tokens create",
                    "tokens list",
                    "tokens revoke",
                    "people add",
                    "people link",
                    "people list",
                    "people remove",
                    "roles list",
                    "roles show",
                    "roles add",
                    "roles remove",
                    "teams list",
                    "teams show",
                    "teams add",
                    "teams remove",
                    "projects list",
                    "projects show",
                    "projects add",
                    "projects remove",
                    "agents list",
                    "agents show",
                    "agents add",
                    "agents disable",
                    "agents remove",
                    "tenants list",
                    "tenants show",
                    "tenants add",
                    "tenants link",
                    "tenants close",
                    "notify list",
                    "notify add",
                    "notify remove",
                    "notify test",
                    "notify failures",
                    "notify replay",
                    "notify bounced",
                    "notify routes",
                    "notify route",
                    "notify on-call",
                    "notify rota",
                    "apply",
                    "export-org",
                    "login",
                    "logout",
                    "train");

    private final Tools tools;

    public Cli(Tools tools) {
        this.tools = tools;
    }

    private @Nullable Command command(String name) {
        return switch (name) {
            case "serve" -> new Serve(tools);
            case "run" -> new RunCommand(tools);
            case "git-gate install" -> new GitGate.Install(tools);
            case "git-gate remove" -> new GitGate.Remove(tools);
            case "git-gate pass" -> new GitGate.Pass(tools);
            case "edge" -> new EdgeCommand(tools);
            case "check" -> new Check(tools);
            case "analyze" -> new Analyze(tools);
            case "policy lint" -> new PolicyCommands.Lint(tools);
            case "policy show" -> new PolicyCommands.Show(tools);
            case "policy list" -> new PolicyNames.Listing(tools);
            case "policy test" -> new PolicyNames.Test(tools);
            case "policy put" -> new PolicyChanges.Put(tools);
            case "policy remove" -> new PolicyChanges.Remove(tools);
            case "policy accept" -> new PolicyCommands.Accept(tools);
            case "policy defaults" -> new PolicyDefaults(tools);
            case "import" -> new Import(tools);
            case "connect" -> new Connect(tools);
            case "disconnect" -> new Disconnect(tools);
            case "doctor" -> new Doctor(tools);
            case "approvals list" -> new ApprovalCommands.Requests(tools);
            case "approvals show" -> new ApprovalCommands.Show(tools);
            case "approvals approve", "approve" -> new ApprovalCommands.Approve(tools);
            case "approvals acknowledge" -> new ApprovalCommands.Acknowledge(tools);
            case "approvals deny", "deny" -> new ApprovalCommands.Deny(tools);
            case "approvals explain" -> new ApprovalExplain(tools);
            case "approvals watch" -> new Watch(tools);
            case "deferred list" -> DeferredCommands.list(tools);
            case "deferred approve" -> DeferredCommands.Act.approve(tools);
            case "deferred release" -> DeferredCommands.Act.release(tools);
            case "deferred cancel" -> DeferredCommands.Act.cancel(tools);
            case "grants list" -> GrantCommands.list(tools);
            case "grants revoke" -> GrantCommands.revoke(tools);
            case "stop" -> new StopCommands.Stop(tools);
            case "resume" -> StopCommands.resume(tools);
            case "audit list" -> new Audit.Listing(tools);
            case "audit show" -> new Audit.Show(tools);
            case "audit export" -> new ExportCommand(tools);
            case "audit report" -> new ReportCommand(tools);
            case "audit verify" -> new Audit.Verify(tools);
            case "audit checkpoint" -> new LedgerCommands.Newest(tools);
            case "audit archive" -> new RetentionCommands.Archive(tools);
            case "audit prune" -> new RetentionCommands.Prune(tools);
            case "audit hold" -> new RetentionCommands.Holds(tools);
            case "audit erase" -> new LedgerCommands.Erase(tools);
            case "audit resume" -> new LedgerCommands.Resume(tools);
            case "witness" -> new WitnessCommand(tools);
            case "data copy" -> new DataCopy(tools);
            case "mcp" -> new McpCommand(tools);
            case "acp" -> new AcpCommand(tools);
            case "tools list" -> ToolCommands.list(tools);
            case "tools show" -> new ToolCommands.Show(tools);
            case "tools accept" -> new ToolCommands.Accept(tools);
            case "tokens create" -> new Tokens.Create(tools);
            case "tokens list" -> Tokens.list(tools);
            case "tokens revoke" -> new Tokens.Revoke(tools);
            case "people add" -> new People.Add(tools);
            case "people link" -> new PeopleLink(tools);
            case "people list" -> People.list(tools);
            case "people remove" -> People.remove(tools);
            case "roles list", "roles show", "roles add", "roles remove" ->
                    Organisation.roles(name.substring("roles ".length()), tools);
            case "teams list", "teams show", "teams add", "teams remove" ->
                    Organisation.teams(name.substring("teams ".length()), tools);
            case "projects list", "projects show", "projects add", "projects remove" ->
                    Organisation.projects(name.substring("projects ".length()), tools);
            case "agents list", "agents show", "agents add", "agents disable", "agents remove" ->
                    Organisation.agents(name.substring("agents ".length()), tools);
            case "tenants list" -> Tenants.list(tools);
            case "tenants show" -> Organisation.show(tools, "tenants", "Show a tenant.");
            case "tenants add" -> Tenants.add(tools);
            case "tenants link" -> Tenants.link(tools);
            case "tenants close" -> Tenants.close(tools);
            case "notify list" -> NotifyCommands.list(tools);
            case "notify add" -> NotifyCommands.add(tools);
            case "notify remove" -> NotifyCommands.remove(tools);
            case "notify test" -> new NotifyCommands.Test(tools);
            case "notify failures" -> NotifyCommands.failures(tools);
            case "notify replay" -> NotifyCommands.replay(tools);
            case "notify bounced" -> NotifyCommands.bounced(tools);
            case "notify routes" -> RoutingCommands.list(tools);
            case "notify route" -> RoutingCommands.route(tools);
            case "notify on-call" -> RoutingCommands.onCall(tools);
            case "notify rota" -> RoutingCommands.rota(tools);
            case "apply" -> new Apply(tools);
            case "export-org" -> Apply.export(tools);
            case "login" -> new Login(tools);
            case "logout" -> new Logout(tools);
            case "train" -> new Train(tools);
            default -> null;
        };
    }

    /** Runs one command and returns its exit code. */
    public int run(String... arguments) {
        Terminal terminal = tools.terminal();
        try {
            return dispatch(List.of(arguments));
        } catch (Failure failure) {
            return end(failure.exitCode(), failure.text());
        } catch (SettingsProblem problem) {
            return end(2, String.valueOf(problem.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return end(1, "interrupted");
        } catch (Exception e) {
            return end(1, "something went wrong inside Countersign (this is a bug): " + e);
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    private int end(int exitCode, String message) {
        tools.terminal().err().println("countersign: " + message);
        return exitCode;
    }

    private int dispatch(List<String> words) throws Exception {
        if (words.isEmpty()) {
            overview("").forEach(tools.terminal().err()::println);
            return 2;
        }
        String first = words.getFirst();
        return switch (first) {
            case "-h", "--help", "help" -> {
                overview("").forEach(tools.terminal()::line);
                yield 0;
            }
            case "-V", "--version" -> {
                tools.terminal().line("countersign " + VERSION);
                yield 0;
            }
            default -> dispatch(first, words);
        };
    }

    private int dispatch(String first, List<String> words) throws Exception {
        Command command = command(first);
        int used = 1;
        if (command == null && words.size() > 1) {
            command = command(first + " " + words.get(1));
            used = 2;
        }
        if (command == null) {
            return unknown(first, words);
        }
        List<String> rest = words.subList(used, words.size());
        if (wantsHelp(rest)) {
            command.syntax().help(width()).forEach(tools.terminal()::line);
            return 0;
        }
        return command.run(Given.read(command.syntax(), rest));
    }

    /** Help only where it cannot be the value of an option. */
    private static boolean wantsHelp(List<String> rest) {
        return !rest.isEmpty()
                && !rest.contains("--")
                && (rest.getLast().equals("--help") || rest.getLast().equals("-h"));
    }

    private int unknown(String first, List<String> words) {
        String group = first + " ";
        List<String> members = NAMES.stream().filter(name -> name.startsWith(group)).toList();
        if (members.isEmpty()) {
            List<String> known =
                    NAMES.stream().map(name -> name.split(" ", 2)[0]).distinct().toList();
            throw Failure.usage(
                    "unknown command `"
                            + Visible.line(first)
                            + "`"
                            + Closest.hint(first, known)
                            + "; see `"
                            + Program.command("--help")
                            + "`");
        }
        if (words.size() == 1 || wantsHelp(words)) {
            boolean asked = words.size() > 1;
            overview(group)
                    .forEach(asked ? tools.terminal()::line : tools.terminal().err()::println);
            return asked ? 0 : 2;
        }
        List<String> known = members.stream().map(name -> name.substring(group.length())).toList();
        throw Failure.usage(
                "unknown command `"
                        + first
                        + " "
                        + Visible.line(words.get(1))
                        + "`"
                        + Closest.hint(words.get(1), known)
                        + "; there are: "
                        + String.join(", ", known));
    }

    private List<String> overview(String group) {
        List<String> lines = new ArrayList<>();
        if (group.isEmpty()) {
            lines.add(
                    "Countersign "
                            + VERSION
                            + ": an authority that AI coding agents ask before they act.");
            lines.add("");
        }
        lines.add("usage: " + Program.command(group + "COMMAND") + " [options]");
        lines.add("");
        List<Syntax> shown =
                NAMES.stream()
                        .filter(name -> name.startsWith(group))
                        .flatMap(name -> Optional.ofNullable(command(name)).stream())
                        .map(Command::syntax)
                        .filter(syntax -> !syntax.hidden())
                        .toList();
        int left = shown.stream().mapToInt(syntax -> syntax.name().length()).max().orElse(0);
        for (Syntax syntax : shown) {
            lines.addAll(Text.beside("  " + syntax.name(), left + 4, syntax.summary(), width()));
        }
        lines.add("");
        lines.add(
                "`"
                        + Program.command("COMMAND")
                        + " --help` says more. Start here: "
                        + Program.command("serve"));
        return lines;
    }

    private int width() {
        return Math.clamp(tools.terminal().width(), 60, Terminal.STANDARD_WIDTH);
    }
}
