package dev.countersign.policy;

import java.util.List;

/**
 * The documents in force for one call, immutable.
 *
 * @param documents every applicable document; the floor and the built-in defaults are not among
 *     them
 * @param version {@code sha256:…} over the content of all of them and the version of the built-in
 *     defaults
 */
public record PolicySnapshot(List<Policy> documents, String version) {
    public PolicySnapshot {
        documents = List.copyOf(documents);
    }
}
