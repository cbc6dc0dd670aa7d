package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers for command lines, the same for equal ones; the words of each are read once. */
final class CommandLines {
    private record Key(int words, int wrapper, boolean assignments) {}

    private final IdentityHashMap<CommandLine, Integer> known = new IdentityHashMap<>();
    private final IdentityHashMap<List<Argument>, Integer> lists = new IdentityHashMap<>();
    private final Map<List<Argument>, Integer> equalLists = new HashMap<>();
    private final Map<Key, Integer> lines = new HashMap<>();

    int number(@Nullable CommandLine line) {
        if (line == null) {
            return -1;
        }
        Integer number = known.get(line);
        if (number == null) {
            Key key = new Key(words(line.words()), number(line.wrapper()), line.assignments());
            number = lines.computeIfAbsent(key, _ -> lines.size());
            known.put(line, number);
        }
        return number;
    }

    private int words(List<Argument> words) {
        Integer number = lists.get(words);
        if (number == null) {
            number = equalLists.computeIfAbsent(words, _ -> equalLists.size());
            lists.put(words, number);
        }
        return number;
    }
}
