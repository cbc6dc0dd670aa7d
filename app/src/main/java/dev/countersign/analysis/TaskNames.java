package dev.countersign.analysis;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the first words of a program that nobody reads say it does, for rules that speak of deploys
 * and installs: {@code cap production deploy}, {@code conan install}.
 */
final class TaskNames {
    /** Words behind these are more often data. */
    private static final int MOST = 4;

    private static final Set<String> DEPLOYS = Set.of("deploy", "redeploy", "rollout", "undeploy");

    private TaskNames() {}

    /**
     * @param words the program and its constant words
     * @param unknown whether the catalogue does not know the program
     */
    static Set<String> tags(List<String> words, boolean unknown) {
        Set<String> tags = new TreeSet<>();
        int looked = 0;
        for (String word : words.subList(Math.min(1, words.size()), words.size())) {
            if (word.startsWith("-")) {
                continue;
            }
            if (++looked > MOST) {
                break;
            }
            for (String part : word.split(":", -1)) {
                if (DEPLOYS.contains(part)) {
                    tags.add("deploy");
                }
            }
            if (unknown && looked == 1 && word.equals("install")) {
                tags.add("package-install");
            }
        }
        return tags;
    }
}
