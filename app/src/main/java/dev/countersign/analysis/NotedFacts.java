package dev.countersign.analysis;

import dev.countersign.call.Told;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Facts that write down every question with its answer, for whoever judges the call elsewhere. What
 * is as it is written, or not known, need not be told.
 */
public final class NotedFacts implements Facts {
    /** So many answers and characters are sent with a call; with more, none. */
    public static final int MOST_ANSWERS = 5_000;

    public static final int MOST_CHARACTERS = 384 * 1024;

    private static final int EACH = 32;

    private record Asked(Told.Ask ask, String path) {}

    private final Facts facts;
    private final Set<Asked> asked = new HashSet<>();
    private final List<Told.Answer> answers = new ArrayList<>();
    private int characters;
    private boolean complete = true;

    public NotedFacts(Facts facts) {
        this.facts = facts;
    }

    /** What was answered, or nothing where it was too much. */
    public List<Told.Answer> answers() {
        return complete ? List.copyOf(answers) : List.of();
    }

    public boolean complete() {
        return complete;
    }

    private void note(Told.Ask ask, String path, List<String> values) {
        if (!complete || !asked.add(new Asked(ask, path))) {
            return;
        }
        characters += EACH + path.length();
        for (String value : values) {
            characters += 3 + value.length();
        }
        if (answers.size() >= MOST_ANSWERS || characters > MOST_CHARACTERS) {
            complete = false;
            return;
        }
        answers.add(new Told.Answer(ask, path, values));
    }

    private Kind note(Told.Ask ask, String path, Kind kind) {
        if (kind != Kind.UNKNOWN) {
            note(ask, path, List.of(ToldFacts.wire(kind)));
        }
        return kind;
    }

    @Override
    public String resolve(String absolute) {
        String real = facts.resolve(absolute);
        if (!real.equals(absolute)) {
            note(Told.Ask.RESOLVE, absolute, List.of(real));
        }
        return real;
    }

    @Override
    public Kind kind(String absolute) {
        return note(Told.Ask.KIND, absolute, facts.kind(absolute));
    }

    @Override
    public Kind opened(String absolute) {
        return note(Told.Ask.OPENED, absolute, facts.opened(absolute));
    }

    @Override
    public Optional<String> text(String absolute) {
        Optional<String> text = facts.text(absolute);
        text.ifPresent(known -> note(Told.Ask.TEXT, absolute, List.of(known)));
        return text;
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        Optional<List<String>> names = facts.list(absolute);
        names.ifPresent(known -> note(Told.Ask.LIST, absolute, known));
        return names;
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        Optional<List<String>> names = facts.links(absolute);
        names.ifPresent(known -> note(Told.Ask.LINKS, absolute, known));
        return names;
    }

    /** As the judge sees it, who does not get the index either. */
    @Override
    public Optional<GitIndex> index(String absolute) {
        return Optional.empty();
    }
}
