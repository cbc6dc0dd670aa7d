package dev.countersign.testing;

import dev.countersign.audit.SavedViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Kept searches that are forgotten when the test is over. */
public final class MemorySavedViews implements SavedViews {
    private final Map<String, Map<String, View>> views = new ConcurrentHashMap<>();

    private Map<String, View> theirs(String email) {
        return views.computeIfAbsent(email, _ -> new TreeMap<>());
    }

    @Override
    public synchronized List<View> of(String email) {
        return new ArrayList<>(theirs(email).values());
    }

    @Override
    public synchronized boolean keep(String email, View view) {
        Map<String, View> theirs = theirs(email);
        if (theirs.size() >= MOST && !theirs.containsKey(view.name())) {
            return false;
        }
        theirs.put(view.name(), view);
        return true;
    }

    @Override
    public synchronized void forget(String email, String name) {
        theirs(email).remove(name);
    }
}
