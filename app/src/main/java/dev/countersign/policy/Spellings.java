package dev.countersign.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Long forms of short options, from {@code options.csv}: what a restrictive rule also covers. */
final class Spellings {
    private static final Map<String, List<String>> LONG = read();

    private Spellings() {}

    static List<String> longOf(String program, char letter) {
        return LONG.getOrDefault(program + ' ' + letter, List.of());
    }

    private static Map<String, List<String>> read() {
        try (InputStream in = Spellings.class.getResourceAsStream("options.csv")) {
            if (in == null) {
                throw new IllegalStateException("options.csv is missing (this is a bug)");
            }
            Map<String, List<String>> longs = new HashMap<>();
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .forEach(row ->
                            longs.computeIfAbsent(row[0] + ' ' + row[1], _ -> new ArrayList<>())
                                    .add(row[2]));
            return longs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
