package dev.countersign.analysis;

/**
 * A path as git takes it: {@code :/x} and {@code :(top)x} start at the root of the tree, {@code
 * :!x} leaves out.
 *
 * @param path without what stands in front
 * @param top whether it starts at the root
 * @param leavesOut whether it takes paths away from the others
 * @param anyCase whether small and capital letters are the same
 */
record Pathspec(String path, boolean top, boolean leavesOut, boolean anyCase) {
    static Pathspec of(String written) {
        if (!written.startsWith(":")) {
            return new Pathspec(written, false, false, false);
        }
        int end = written.startsWith(":(") ? written.indexOf(')') : -1;
        if (end > 0) {
            String magic = "," + written.substring(2, end) + ",";
            String path = written.substring(end + 1);
            return new Pathspec(
                    path.isEmpty() ? "." : path,
                    magic.contains(",top,"),
                    magic.contains(",exclude,"),
                    magic.contains(",icase,"));
        }
        int at = 1;
        while (at < written.length() && "/!^".indexOf(written.charAt(at)) >= 0) {
            at++;
        }
        String magic = written.substring(1, at);
        String path = written.substring(at).replaceFirst("^:", "");
        return new Pathspec(
                path.isEmpty() ? "." : path,
                magic.indexOf('/') >= 0,
                magic.indexOf('!') >= 0 || magic.indexOf('^') >= 0,
                false);
    }
}
