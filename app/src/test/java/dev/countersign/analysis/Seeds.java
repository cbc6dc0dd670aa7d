package dev.countersign.analysis;

/**
 * Where random tests begin: the same in every normal run, so that no build is red by chance, and
 * another one each time in the long run ({@code -Dcountersign.tries=20000}).
 */
final class Seeds {
    private Seeds() {}

    static long next(String property) {
        boolean longRun = Integer.getInteger("countersign.tries", 0) >= 10_000;
        return Long.getLong(property, longRun ? System.nanoTime() : 20_261_121L);
    }
}
