package dev.countersign.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom programs of this machine believe to be a server: the JDK's own certificates and those of the
 * platform, where an organisation puts its own. {@code SSL_CERT_FILE} names another file, as it
 * does for curl.
 */
public final class TrustedRoots {
    private static final List<Path> FILES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/ssl/ca-bundle.pem"),
                    Path.of("/etc/ssl/cert.pem"));

    /** Names a file of certificates in PEM. */
    public static final String VARIABLE = "SSL_CERT_FILE";

    private TrustedRoots() {}

    /** Read once, when it is needed first. */
    private static final class Held {
        static final SSLContext CONTEXT = context(Optional.ofNullable(System.getenv(VARIABLE)));
    }

    public static SSLContext context() {
        return Held.CONTEXT;
    }

    /**
     * The same.
     *
     * @param file of certificates in PEM, instead of the platform's
     */
    public static SSLContext context(Optional<String> file) {
        try {
            List<X509ExtendedTrustManager> managers = new ArrayList<>();
            managers.add(manager(null));
            platform(file).ifPresent(managers::add);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Any(managers)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS (this is a bug)", e);
        }
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager manager) {
                return manager;
            }
        }
        throw new GeneralSecurityException("no trust manager");
    }

    private static Optional<X509ExtendedTrustManager> platform(Optional<String> file) {
        try {
            String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            if (file.isEmpty() && system.startsWith("windows")) {
                return Optional.of(manager(loaded("Windows-ROOT")));
            }
            if (file.isEmpty() && system.startsWith("mac")) {
                return Optional.of(manager(loaded("KeychainStore-ROOT")));
            }
            Optional<Path> pem =
                    file.map(Path::of)
                            .or(() -> FILES.stream().filter(Files::isReadable).findFirst());
            return pem.isEmpty() ? Optional.empty() : Optional.of(manager(ofFile(pem.get())));
        } catch (GeneralSecurityException | IOException e) {
            System.getLogger(TrustedRoots.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the certificates of the platform cannot be read: {0}",
                            e.getMessage());
            return Optional.empty();
        }
    }

    private static KeyStore loaded(String type) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        return store;
    }

    private static KeyStore ofFile(Path pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        try (InputStream in = Files.newInputStream(pem)) {
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("root " + number++, each);
            }
        }
        return store;
    }

    /** Believes what one of several believes. */
    private static final class Any extends X509ExtendedTrustManager {
        private final List<X509ExtendedTrustManager> managers;

        Any(List<X509ExtendedTrustManager> managers) {
            this.managers = List.copyOf(managers);
        }

        @FunctionalInterface
        private interface Check {
            void by(X509ExtendedTrustManager manager) throws CertificateException;
        }

        private void check(Check check) throws CertificateException {
            CertificateException first = null;
            for (X509ExtendedTrustManager manager : managers) {
                try {
                    check.by(manager);
                    return;
                } catch (CertificateException e) {
                    first = first == null ? e : first;
                }
            }
            throw first == null ? new CertificateException("nobody is trusted") : first;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(manager -> manager.checkServerTrusted(chain, type, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(manager -> manager.checkServerTrusted(chain, type, engine));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            check(manager -> manager.checkServerTrusted(chain, type));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client is asked who it is");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client is asked who it is");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("no client is asked who it is");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return managers.stream()
                    .flatMap(manager -> Stream.of(manager.getAcceptedIssuers()))
                    .toArray(X509Certificate[]::new);
        }
    }
}
