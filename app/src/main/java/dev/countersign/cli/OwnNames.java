package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.Level;
import dev.countersign.policy.Library;
import dev.countersign.policy.PolicyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The templates and named rules that people put on the server. */
final class OwnNames {
    private final List<Own> all;

    /**
     * One of them.
     *
     * @param entry what people see of it
     * @param text its document
     * @param stored its document as the server lists it
     * @param library it with all it may use
     */
    record Own(Library.Entry entry, String text, JsonNode stored, Library library) {}

    private OwnNames(List<Own> all) {
        this.all = List.copyOf(all);
    }

    /** What the server lists; empty when none answers, for much is useful without one. */
    static Optional<ObjectNode> server(Where where) {
        try {
            return Optional.of(ServerClient.of(where).get("/v1/policies"));
        } catch (Failure none) {
            return Optional.empty();
        }
    }

    /** Those in what the server lists. */
    static OwnNames of(JsonNode listed) {
        List<PolicyReader.Text> texts = new ArrayList<>();
        listed.path("policies").forEach(stored -> texts.add(text(stored)));
        Library library = Library.of(texts);
        List<Own> all = new ArrayList<>();
        for (JsonNode stored : listed.path("policies")) {
            PolicyReader.Text text = text(stored);
            for (Library.Entry entry : defined(text)) {
                all.add(new Own(entry, text.text(), stored, library));
            }
        }
        return new OwnNames(all);
    }

    private static PolicyReader.Text text(JsonNode stored) {
        return new PolicyReader.Text(
                Json.text(stored, "file"), Json.text(stored, "text"), Level.PROJECT, true);
    }

    /** What a text defines beside what is built in. */
    static List<Library.Entry> defined(PolicyReader.Text text) {
        return Library.of(List.of(text)).entries().stream()
                .filter(entry -> Library.builtIn().entry(entry.name()).isEmpty())
                .toList();
    }

    List<Own> all() {
        return all;
    }

    /** That of this name, where {@code -} and {@code _} are the same. */
    Optional<Own> find(String name) {
        return all.stream()
                .filter(own -> own.entry().name().replace('_', '-').equals(name.replace('_', '-')))
                .findFirst();
    }

    /** Whether the server has this document for what it defines, and not for its rules. */
    boolean defines(JsonNode stored) {
        return all.stream().anyMatch(own -> own.stored().equals(stored));
    }
}
