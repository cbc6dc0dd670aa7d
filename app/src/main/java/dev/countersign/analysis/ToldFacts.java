package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import dev.countersign.call.Told;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What another machine told of itself; what it said nothing about is not known. */
public final class ToldFacts implements Facts {
    private final Map<Told.Ask, Map<String, List<String>>> answers = new EnumMap<>(Told.Ask.class);

    public ToldFacts(Told told) {
        for (Told.Answer answer : told.answers()) {
            answers.computeIfAbsent(answer.ask(), _ -> new HashMap<>())
                    .putIfAbsent(answer.path(), answer.values());
        }
    }

    private @Nullable List<String> answer(Told.Ask ask, String path) {
        return answers.getOrDefault(ask, Map.of()).get(path);
    }

    private static Kind kind(@Nullable List<String> answer) {
        return answer == null || answer.size() != 1
                ? Kind.UNKNOWN
                : switch (answer.getFirst()) {
                    case "file" -> Kind.FILE;
                    case "directory" -> Kind.DIRECTORY;
                    case "missing" -> Kind.MISSING;
                    default -> Kind.UNKNOWN;
                };
    }

    /** How {@link #kind} is told. */
    static String wire(Kind kind) {
        return LowerCase.of(kind.name());
    }

    @Override
    public String resolve(String absolute) {
        List<String> answer = answer(Told.Ask.RESOLVE, absolute);
        return answer == null || answer.size() != 1 ? absolute : answer.getFirst();
    }

    @Override
    public Kind kind(String absolute) {
        return kind(answer(Told.Ask.KIND, absolute));
    }

    @Override
    public Kind opened(String absolute) {
        List<String> answer = answer(Told.Ask.OPENED, absolute);
        return answer == null ? kind(absolute) : kind(answer);
    }

    @Override
    public Optional<String> text(String absolute) {
        List<String> answer = answer(Told.Ask.TEXT, absolute);
        return answer == null || answer.size() != 1
                ? Optional.empty()
                : Optional.of(answer.getFirst());
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        return Optional.ofNullable(answer(Told.Ask.LIST, absolute));
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        return Optional.ofNullable(answer(Told.Ask.LINKS, absolute));
    }

    /** An index is far larger than what is sent with a call, and could only show what is milder. */
    @Override
    public Optional<GitIndex> index(String absolute) {
        return Optional.empty();
    }
}
