package dev.countersign.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the signals that end a program on to the one it started, so that it is as if that had taken
 * its place. The JDK has no other way to them than one it does not promise, which is therefore
 * looked up by name; where it is gone, a signal ends us as any program.
 */
final class Signals implements AutoCloseable {
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private final Map<String, Object> before = new HashMap<>();
    private @Nullable Process child;
    private @Nullable Consumer<String> first;

    private Signals() {}

    /** Takes them until closed. */
    static Signals taken() {
        Signals signals = new Signals();
        for (String name : List.copyOf(NUMBERS.keySet())) {
            signals.take(name);
        }
        return signals;
    }

    private void take(String name) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            came(name);
                                            yield null;
                                        }
                                        case "equals" ->
                                                System.identityHashCode(proxy)
                                                        == System.identityHashCode(arguments[0]);
                                        case "hashCode" -> System.identityHashCode(proxy);
                                        default -> name;
                                    });
            Object old = handle(name, ours);
            if (old.equals(handler.getField("SIG_IGN").get(null))) {
                // Somebody wants it ignored, as `nohup` does; what we start inherits that.
                handle(name, old);
            } else {
                before.put(name, old);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // Then it ends us.
        }
    }

    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        return signal.getMethod("handle", signal, type)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    }

    /** What is done when one comes before anything was started; then we end. */
    synchronized void until(Consumer<String> ending) {
        first = ending;
    }

    /** Starts what they are for from now on. */
    synchronized Process start(ProcessBuilder builder) throws IOException {
        Process started = builder.start();
        child = started;
        return started;
    }

    private synchronized void came(String name) {
        Process running = child;
        if (running == null) {
            if (first != null) {
                first.accept(name);
            }
            Runtime.getRuntime().halt(128 + NUMBERS.getOrDefault(name, 15));
            return;
        }
        // What a terminal sends comes to all of its foreground, the child included.
        if (name.equals("INT") && atTerminal()) {
            return;
        }
        if (name.equals("TERM")) {
            running.destroy();
            return;
        }
        try {
            Process _ = new ProcessBuilder("kill", "-" + name, "" + running.pid()).start();
        } catch (IOException e) {
            running.destroy();
        }
    }

    /** Whether a terminal is what signals come from; without one it cannot be opened. */
    private static boolean atTerminal() {
        try (InputStream _ = Files.newInputStream(Path.of("/dev/tty"))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        before.forEach((name, handler) -> {
            try {
                Object _ = handle(name, handler);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                // It stays ours, and ends us.
            }
        });
    }
}
