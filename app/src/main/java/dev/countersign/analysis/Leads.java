package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where names lead that the call itself made: a link, or a file or folder that was moved. The disk
 * does not know them yet, and they may not come about, so what they lead to counts besides what the
 * name means now.
 */
final class Leads {
    private static final int MOST = 512;

    /**
     * What a name leads to.
     *
     * @param to absolute path
     * @param moved whether what was there is now here; otherwise the name is a link to it
     */
    private record Lead(String to, boolean moved) {}

    /**
     * What a path reaches by the names of the call.
     *
     * @param through what lies below a link, or was moved: to delete the path deletes it
     * @param links what the path itself is a link to: to delete the path leaves it
     */
    record Reached(List<String> through, List<String> links) {
        static final Reached NOTHING = new Reached(List.of(), List.of());
    }

    private final Map<String, Lead> leads = new LinkedHashMap<>();

    /**
     * Notes a name.
     *
     * @return whether it could be kept
     */
    boolean add(String from, String to, boolean moved) {
        if (from.equals(to) || leads.containsKey(from)) {
            return true;
        }
        if (leads.size() >= MOST) {
            return false;
        }
        leads.put(from, new Lead(to, moved));
        return true;
    }

    boolean isEmpty() {
        return leads.isEmpty();
    }

    /**
     * What this path reaches.
     *
     * @param path absolute; of a pattern the folder it looks in
     * @param rest what the pattern adds to that folder, else empty
     */
    Reached of(String path, String rest) {
        if (leads.isEmpty()) {
            return Reached.NOTHING;
        }
        List<String> through = new ArrayList<>();
        List<String> links = new ArrayList<>();
        leads.forEach((from, lead) -> {
            if (path.equals(from) && rest.isEmpty()) {
                (lead.moved() ? through : links).add(lead.to());
            } else if (Paths.below(path, from)) {
                through.add(lead.to() + path.substring(from.length()) + rest);
            } else if (Paths.below(from, path) && lead.moved()) {
                // What was moved into a folder goes where the folder goes.
                through.add(lead.to());
            } else if (Paths.below(from, path)) {
                links.add(lead.to());
            }
        });
        return new Reached(List.copyOf(through), List.copyOf(links));
    }
}
