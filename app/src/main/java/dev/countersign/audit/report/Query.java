package dev.countersign.audit.report;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which records a figure counts: what the page, the interface and the command line choose the same
 * records by.
 *
 * @param filters values by the names of {@link dev.countersign.audit.AuditFilters}
 * @param before only records with a smaller index
 */
public record Query(SortedMap<String, String> filters, long before) {
    public Query {
        filters = Collections.unmodifiableSortedMap(new TreeMap<>(filters));
    }

    /** The address of the page that lists and counts them. */
    public String path() {
        return "/activity?count=yes&before=" + before + parameters();
    }

    private String parameters() {
        return filters.entrySet().stream()
                .map(each ->
                        "&"
                                + each.getKey()
                                + "="
                                + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    /** The command that counts them; without {@code --count} it lists them. */
    public String command() {
        return "countersign audit list --count --before " + before + options(filters);
    }

    /**
     * The same without what all queries of a report share.
     *
     * @param period the period of the report
     */
    public String own(Period period) {
        TreeMap<String, String> own = new TreeMap<>(filters);
        own.remove("from", period.from().toString());
        own.remove("to", period.to().toString());
        return options(own).strip();
    }

    private static String options(Map<String, String> filters) {
        List<String> words = new ArrayList<>();
        filters.forEach((name, value) -> words.add(" --" + name + " " + quoted(value)));
        return String.join("", words);
    }

    /** As a shell takes it for one word. */
    private static String quoted(String value) {
        boolean plain =
                !value.isEmpty()
                        && value.codePoints()
                                .allMatch(c ->
                                        c < 128
                                                && (Character.isLetterOrDigit(c)
                                                        || "._:/@%+=,-".indexOf(c) >= 0));
        return plain ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
