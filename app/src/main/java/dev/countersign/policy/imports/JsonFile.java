package dev.countersign.policy.imports;

import dev.countersign.policy.Tree;
import dev.countersign.policy.TreeReader;
import java.util.ArrayList;
import java.util.List;

/** A JSON file that knows where its parts stand. */
final class JsonFile {
    private JsonFile() {}

    /** The map that the file holds. */
    static Tree.Entries map(String file, String text) throws Imports.BadFile {
        TreeReader.Result read = TreeReader.readJson(file, text, Imports.MAX_LENGTH);
        if (!read.problems().isEmpty()) {
            throw new Imports.BadFile(read.problems());
        }
        if (read.tree() instanceof Tree.Entries map) {
            return map;
        }
        throw new Imports.BadFile(file, 1, 1, "the file is no map; expected such as `{…}`");
    }

    /** A list of texts. */
    static List<Tree.Text> texts(String file, Tree tree, String key) throws Imports.BadFile {
        List<Tree.Text> texts = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            throw expected(file, tree, key, "a list of texts");
        }
        for (Tree item : items.items()) {
            if (!(item instanceof Tree.Text text) || text.plain()) {
                throw expected(file, item, key, "a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    static Imports.BadFile expected(String file, Tree tree, String key, String what) {
        return new Imports.BadFile(
                file,
                tree.line(),
                tree.column(),
                "`" + key + "` is " + tree.kind() + "; expected " + what);
    }
}
