package dev.countersign.policy;

import dev.countersign.analysis.InputFields;
import java.util.ArrayList;
import java.util.List;

/** Reads what a rule demands besides its effect. */
final class ObligationReader {
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
                if (!field.matches("[A-Za-z][A-Za-z0-9_.-]{0,60}")
                        || field.equals("tool")
                        || InputFields.judged().contains(field)) {
                    source.error(
                            hidden,
                            "`"
                                    + Nearest.shorten(field)
                                    + "` cannot be left out of the record: what a call is judged by"
                                    + " stands in its reasons and summaries; expected a field of"
                                    + " the tool's input such as `content`, or `output`");
                } else {
                    redact.add(field);
                }
            }
        }
        return new Obligations(full, notify, redact);
    }
}
