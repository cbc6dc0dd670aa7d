package dev.countersign.decision;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of this program a second time, with other tables. What is built in is read once
 * by the classes that use it; classes of another loader read it anew.
 */
public final class EarlierLoader extends ClassLoader {
    private static final String BASE = "dev.countersign.";

    private final ClassLoader program;
    private final Map<String, String> tables;

    /**
     * A loader that has not loaded anything yet.
     *
     * @param tables as in {@link BuiltIn}; a file that is not among them is that of this program
     */
    public EarlierLoader(Map<String, String> tables) {
        super(EarlierLoader.class.getClassLoader());
        this.program = EarlierLoader.class.getClassLoader();
        this.tables = tables;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(BASE) || name.equals(Earlier.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? defined(name) : known;
        }
    }

    private Class<?> defined(String name) throws ClassNotFoundException {
        try (InputStream in = program.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = in.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        String base = BASE.replace('.', '/');
        String table = path.startsWith(base) ? tables.get(path.substring(base.length())) : null;
        return table == null
                ? program.getResourceAsStream(path)
                : new ByteArrayInputStream(table.getBytes(StandardCharsets.UTF_8));
    }
}
