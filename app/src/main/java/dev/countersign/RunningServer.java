package dev.countersign;

import dev.countersign.api.TenantRouting;
import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.ServerSettings;
import dev.countersign.people.TenantStore;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server that answers, with what must be ended in order when it stops. */
final class RunningServer implements Product.Server {
    /**
     * The library tells of every start at length; people read only what needs them. Held, or it
     * would be forgotten.
     */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private static final System.Logger LOG = System.getLogger(RunningServer.class.getName());

    private final WebServer web;
    private final RunningTenant first;
    private final Tenancies tenancies;
    private final URI signInLink;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private RunningServer(WebServer web, RunningTenant first, Tenancies tenancies, URI signInLink) {
        this.web = web;
        this.first = first;
        this.tenancies = tenancies;
        this.signInLink = signInLink;
    }

    /**
     * Begins to answer.
     *
     * @param first the organisation it is started for
     * @param tenancies the others, none of them open yet
     */
    static RunningServer start(
            ServerSettings settings,
            int port,
            RunningTenant first,
            Tenancies tenancies,
            TenantStore tenants) {
        LIBRARY.setLevel(Level.OFF);
        TenantRouting routing = new TenantRouting(first.routing(), first::knows);
        WebServer web =
                WebServer.builder()
                        .host(settings.listen().host())
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        // An answer is written in parts. Without this the last one waits until
                        // the browser says that it has the first, which it does 40 ms later.
                        .connectionOptions(socket -> socket.tcpNoDelay(true))
                        .routing(routing.whole())
                        .build();
        boolean started = false;
        try {
            tenancies.start(routing, tenants);
            web.start();
            // A port that is taken is only logged by the library; what is not running must not be
            // announced.
            if (!web.isRunning()) {
                throw notListening(settings, "");
            }
            started = true;
        } catch (Failure e) {
            throw e;
        } catch (RuntimeException e) {
            throw notListening(settings, ": " + rootCause(e));
        } finally {
            if (!started) {
                tenancies.quiet();
                tenancies.close();
            }
        }
        RunningServer server = new RunningServer(web, first, tenancies, first.signInLink());
        try {
            first.start(local(settings, port));
        } catch (IOException e) {
            server.close();
            throw Failure.failed("cannot write in `" + settings.data() + "`: " + e.getMessage());
        }
        return server;
    }

    /** Where programs of this machine reach it. */
    static String local(ServerSettings settings, int port) {
        String host = settings.listen().host();
        String name =
                host.indexOf(':') >= 0
                        ? "[" + host + "]"
                        : host.equals("0.0.0.0") ? "127.0.0.1" : host;
        return "http://" + name + ":" + port;
    }

    private static Failure notListening(ServerSettings settings, String why) {
        return Failure.failed(
                "cannot listen on `"
                        + settings.listen()
                        + "`"
                        + why
                        + "; another server may be there: --listen names another port");
    }

    private static String rootCause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public URI url() {
        return first.address();
    }

    @Override
    public URI signInLink() {
        return signInLink;
    }

    @Override
    public void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closing.getCount() == 0) {
                return;
            }
            closing.countDown();
        }
        try {
            tenancies.quiet();
            first.quiet();
            web.stop();
            tenancies.close();
            first.end();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the server did not close cleanly", e);
        } finally {
            closed.countDown();
        }
    }
}
