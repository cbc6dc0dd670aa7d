package dev.countersign.testing;

import dev.countersign.audit.CosignatureStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest co-signature of each witness, in memory. */
public final class MemoryCosignatureStore implements CosignatureStore {
    private final Map<String, Cosigned> newest = new LinkedHashMap<>();

    @Override
    public synchronized void keep(Cosigned cosigned) {
        newest.put(cosigned.witness(), cosigned);
    }

    @Override
    public synchronized List<Cosigned> newest() {
        return List.copyOf(newest.values());
    }
}
