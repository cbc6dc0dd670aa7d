package dev.countersign.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what a rule demands besides its effect. */
final class ObligationReader {
    private static final Set<String> ALWAYS_KEPT = Set.of("file_path", "path", "url", "tool");

    private final Source source;

    ObligationReader(Source source) {
        this.source = source;
    }

    Obligations read(Keys keys) {
        boolean full =
                keys.find("record", t -> source.word(t, "record", List.of("full"))).isPresent();
        List<String> notify = new ArrayList<>();
        Tree told = keys.get("notify");
        if (told != null) {
            notify.addAll(new PeopleReader(source).list(told, "notify"));
        }
        List<String> redact = new ArrayList<>();
        Tree hidden = keys.get("redact");
        if (hidden != null) {
            for (String field : source.strings(hidden, "redact")) {
                if (!field.matches("[A-Za-z][A-Za-z0-9_.-]{0,60}") || ALWAYS_KEPT.contains(field)) {
                    source.error(
                            hidden,
                            "`"
                                    + Nearest.shorten(field)
                                    + "` cannot be left out of the record; expected a field of"
                                    + " the tool's input such as `content`, or `output`");
                } else {
                    redact.add(field);
                }
            }
        }
        return new Obligations(full, notify, redact);
    }
}
