package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.Editing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One approval in front of a person: what they read of it, and how they answer. */
final class ApprovalDialog {
    /** An answer sooner than this after a card came was meant for the one before. */
    static final Duration READING = Duration.ofMillis(600);

    /** What is shown of a call before the next piece is asked for. */
    private static final int PAGE = 18;

    private final Tools tools;
    private final ServerClient server;
    private final boolean votes;
    private final JsonNode approval;
    private final Instant shownAt;
    private List<String> unread;
    private @Nullable Question question;

    /** What became of it by a line that the person typed. */
    enum After {
        STAYS,
        OVER
    }

    /** What the next line answers. */
    private interface Question {
        After answered(String line) throws InterruptedException;
    }

    /**
     * An approval to be shown.
     *
     * @param votes whether this person's answers count at all
     */
    ApprovalDialog(Tools tools, ServerClient server, boolean votes, JsonNode approval) {
        this.tools = tools;
        this.server = server;
        this.votes = votes;
        this.approval = approval;
        this.shownAt = tools.around().clock().instant();
        this.unread = ApprovalCard.callLines(approval, tools.terminal());
    }

    String id() {
        return Json.text(approval, "id");
    }

    /** Whether somebody answered or time moved it on since it was shown, and it still waits. */
    boolean stale(JsonNode now) {
        return now.path("version").asInt() != approval.path("version").asInt()
                || now.path("notices").size() != approval.path("notices").size();
    }

    /** What time did to it since it was shown, or empty. */
    String happened(JsonNode now) {
        List<String> texts = new ArrayList<>();
        for (int i = approval.path("notices").size(); i < now.path("notices").size(); i++) {
            texts.add(Json.text(now.path("notices").path(i), "text"));
        }
        return String.join("; ", texts);
    }

    /** Shows it, the call as far as it fits a page. */
    void show(int others) {
        Terminal terminal = tools.terminal();
        terminal.line("");
        ApprovalCard.head(approval, terminal, shownAt).forEach(terminal::line);
        terminal.line("");
        if (!terminal.interactive()) {
            unread.forEach(terminal::line);
            unread = List.of();
            about();
            return;
        }
        page();
        if (unread.isEmpty()) {
            about();
        }
        hint(others);
    }

    private void about() {
        Terminal terminal = tools.terminal();
        terminal.line("");
        ApprovalCard.about(approval, terminal, shownAt).forEach(terminal::line);
    }

    /** The next lines of the call; a few that are left over come with them. */
    private void page() {
        int end = unread.size() <= PAGE + 4 ? unread.size() : PAGE;
        unread.subList(0, end).forEach(tools.terminal()::line);
        unread = List.copyOf(unread.subList(end, unread.size()));
        if (!unread.isEmpty()) {
            tools.terminal()
                    .line(
                            "--- "
                                    + unread.size()
                                    + " more lines of this call; m shows them, and it is approved"
                                    + " only after that");
        }
    }

    private void hint(int others) {
        Terminal terminal = tools.terminal();
        terminal.line("");
        String rest = others > 0 ? " (" + others + " more wait)" : "";
        Text.wrap(keys() + rest, terminal.width()).forEach(terminal::line);
        terminal.out().flush();
    }

    private String keys() {
        if (!votes) {
            return "To answer: `"
                    + Program.command("login")
                    + "`, then watch again · s skip · q quit, then Enter";
        }
        List<String> keys = new ArrayList<>();
        if (!unread.isEmpty()) {
            keys.add("m more");
        }
        keys.add("a approve once");
        if (offers("task")) {
            keys.add("t for this task");
        }
        if (offers("project")) {
            keys.add("p for this project");
        }
        if (field().isPresent()) {
            keys.add("e edit and approve");
        }
        keys.add("d deny");
        keys.add("g deny with a word to the agent");
        if (alone()) {
            keys.add("b break the glass");
        }
        keys.add("x explain");
        keys.add("s skip");
        keys.add("q quit, then Enter");
        if (dangerous()) {
            keys.add("Enter denies");
        }
        return String.join(" · ", keys);
    }

    private boolean offers(String scope) {
        return approval.at("/offer/scopes").valueStream().anyMatch(s -> s.asText().equals(scope));
    }

    /** Whether the next line is text of the person, and no key. */
    boolean asks() {
        return question != null;
    }

    /**
     * Takes a line that the person typed.
     *
     * @param at when
     */
    After take(String typed, Instant at) throws InterruptedException {
        String key = typed.strip().toLowerCase(Locale.ROOT);
        if (!votes && !List.of("s", "m", "x").contains(key)) {
            hint(0);
            return After.STAYS;
        }
        if (Duration.between(shownAt, at).compareTo(READING) < 0) {
            return said("This one had only just appeared: read it and answer again.");
        }
        Question asked = question;
        if (asked != null) {
            question = null;
            return asked.answered(typed);
        }
        return switch (key) {
            case "a" -> approve(Json.object());
            case "t" -> longer("task");
            case "p" -> longer("project");
            case "e" -> edit();
            case "d" -> vote("deny", "", Json.object());
            case "g" -> ask("Your word to the agent, in one line:", this::deny);
            case "b" -> breakGlass();
            case "x" -> explain();
            case "m" -> more();
            case "s" -> After.OVER;
            case "" -> dangerous() ? vote("deny", "", Json.object()) : After.STAYS;
            default -> said("`" + Visible.line(typed.strip()) + "` is no key: " + keys());
        };
    }

    private After said(String text) {
        Text.wrap(text, tools.terminal().width()).forEach(tools.terminal()::line);
        return After.STAYS;
    }

    private After ask(String text, Question next) {
        question = next;
        return said(text);
    }

    private After more() {
        if (unread.isEmpty()) {
            return said("All of it is shown.");
        }
        page();
        if (unread.isEmpty()) {
            about();
        }
        hint(0);
        return After.STAYS;
    }

    private After explain() {
        try {
            ObjectNode answer =
                    server.post("/v1/approvals/explain", Json.object().put("approval", id()));
            tools.terminal().line("");
            ApprovalCard.reasons(approval, tools.terminal()).forEach(tools.terminal()::line);
            tools.terminal().line("");
            ApprovalExplain.lines(answer).forEach(tools.terminal()::line);
        } catch (Failure e) {
            return said("It cannot be explained now: " + e.text());
        }
        return After.STAYS;
    }

    private After deny(String words) {
        return vote("deny", words.strip(), Json.object());
    }

    private After approve(ObjectNode terms) {
        if (!unread.isEmpty()) {
            return said("Read it to its end first: m shows the other " + unread.size() + " lines.");
        }
        return vote("approve", "", terms.put("version", approval.path("version").asInt()));
    }

    private After longer(String scope) {
        if (!offers(scope)) {
            return said("This call can be approved once only.");
        }
        String widest = approval.at("/offer/pattern").asText("");
        ObjectNode terms = Json.object().put("scope", scope);
        if (widest.isEmpty()) {
            return ask(
                    "For this " + scope + " exactly this call is approved. y and Enter to do that:",
                    line -> confirmed(line) ? approve(terms) : said("Nothing was approved."));
        }
        tools.terminal().line("At most these calls can be approved for this " + scope + ":");
        widest.lines().forEach(line -> tools.terminal().line("  " + Visible.line(line)));
        return ask(
                "Type a pattern that is no wider, y for what stands here, o for only this call, or"
                        + " Enter for nothing:",
                line ->
                        switch (line.strip()) {
                            case "" -> said("Nothing was approved.");
                            case "o", "O" -> approve(terms);
                            case "y", "Y" -> approve(terms.put("pattern", widest));
                            default -> approve(terms.put("pattern", line.strip()));
                        });
    }

    /** Whether the server lets this person answer alone for everybody who is asked. */
    private boolean alone() {
        return approval.path("may_break_glass").asBoolean(false);
    }

    /** In two steps, as on the page; the words go to every owner. */
    private After breakGlass() {
        if (!alone()) {
            return said("Only an owner who signed in and is not kept out breaks the glass.");
        }
        if (!unread.isEmpty()) {
            return said("Read it to its end first: m shows the rest.");
        }
        return ask(
                "You approve this call alone, once, for everybody who is asked. Why, in one line?"
                        + " Every owner reads it; Enter for nothing:",
                this::breakGlass);
    }

    private After breakGlass(String reason) {
        if (reason.isBlank()) {
            return said("Nothing was approved.");
        }
        ObjectNode terms = Json.object().put("break_glass", true).put("reason", reason.strip());
        return ask(
                "Every owner is told, and it stays in the ledger. y and Enter to break the glass:",
                line -> confirmed(line) ? approve(terms) : said("Nothing was approved."));
    }

    private static boolean confirmed(String line) {
        return line.strip().equalsIgnoreCase("y");
    }

    /** The one text of the call that can be changed here. */
    private Optional<String> field() {
        JsonNode input = approval.at("/call/input");
        // What is masked is not there to be changed.
        return Editing.field(input).filter(n -> !input.path(n).asText().contains("[masked "));
    }

    private After edit() throws InterruptedException {
        Optional<String> name = field();
        if (name.isEmpty()) {
            return said("Nothing of this call can be changed here.");
        }
        if (!unread.isEmpty()) {
            return said("Read it to its end first: m shows the rest.");
        }
        String before = approval.at("/call/input").path(name.get()).asText();
        Editor editor = new Editor(tools.around());
        if (editor.command().isEmpty()) {
            return ask(
                    "What may run instead, in one line (set EDITOR to change it in an editor):",
                    line -> edited(name.get(), before, line.strip()));
        }
        try {
            tools.terminal().out().flush();
            return edited(name.get(), before, editor.edit(before));
        } catch (Failure e) {
            return said("Nothing was changed: " + e.text());
        }
    }

    private After edited(String name, String before, String after) {
        if (after.isBlank() || after.equals(before)) {
            return said("Nothing was changed.");
        }
        Terminal terminal = tools.terminal();
        terminal.line("");
        Difference.lines(before, after, terminal).forEach(terminal::line);
        terminal.line("");
        ObjectNode input = approval.at("/call/input").deepCopy();
        input.put(name, after);
        return ask(
                "The agent runs exactly that, or nothing. y and Enter to approve it:",
                line ->
                        confirmed(line)
                                ? approve(Json.object().set("edited_input", input))
                                : said("Nothing was approved."));
    }

    private After vote(String answer, String words, ObjectNode terms) {
        try {
            JsonNode result = ApprovalCommands.vote(server, id(), answer, words, terms);
            said(Visible.line(id()) + ": " + ApprovalCommands.outcome(result, answer));
            return After.OVER;
        } catch (Failure e) {
            return said("Not counted: " + e.text());
        }
    }

    private boolean dangerous() {
        String risk = Json.text(approval.path("decision"), "risk");
        return !risk.equals("none") && !risk.equals("low") && !risk.equals("medium");
    }
}
