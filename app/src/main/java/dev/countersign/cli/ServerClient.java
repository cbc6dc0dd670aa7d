package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.DataFolder;
import dev.countersign.config.Surroundings;
import dev.countersign.config.TrustedRoots;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * A server spoken to over HTTP. Uses the JDK's old client: it starts in a third of the time of the
 * new one, and a command makes one or two calls.
 */
public final class ServerClient {
    private static final String NOTE = "owner.json";

    /** Systems tell the start of a process only so exactly. */
    private static final Duration ROUNDED = Duration.ofSeconds(2);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final String STANDARD = "http://127.0.0.1:7373";

    /** What the caller shows the server. */
    public enum Credential {
        /** A token in {@code COUNTERSIGN_TOKEN}. */
        TOKEN,
        /** What {@code countersign login} stored. */
        SIGN_IN,
        /** The owner shortcut of the data folder: never votes. */
        OWNER,
        NONE
    }

    private final URI base;
    private final @Nullable String token;
    private final Credential credential;

    public ServerClient(URI base, @Nullable String token, Credential credential) {
        this.base = base;
        this.token = token;
        this.credential = credential;
    }

    /** The server the options and variables name, with the best credential at hand. */
    public static ServerClient of(Where where) {
        Surroundings around = where.around();
        Optional<ObjectNode> owner = running(where.data());
        Optional<String> named = where.server();
        // A data folder named on the command line speaks louder than a variable set long ago.
        if (where.namedServer().isEmpty() && where.namedData().isPresent() && owner.isPresent()) {
            named = Optional.empty();
        }
        Optional<String> ownersUrl = owner.map(file -> Json.text(file, "url"));
        URI base = address(named.or(() -> ownersUrl).orElse(STANDARD));
        // An edge knows nobody but its clients and the owner of its folder.
        Optional<ServerClient> edge = edge(DataFolder.edge(around), base);
        if (edge.isEmpty() && where.namedData().isPresent()) {
            edge = edge(where.data(), base);
        }
        if (edge.isPresent()) {
            return edge.get();
        }
        Optional<String> token = around.variable("COUNTERSIGN_TOKEN");
        if (token.isPresent()) {
            return new ServerClient(base, token.get(), Credential.TOKEN);
        }
        Optional<String> signIn = new SignIns(around).token(base);
        if (signIn.isPresent()) {
            return new ServerClient(base, signIn.get(), Credential.SIGN_IN);
        }
        // The owner's token goes to the owner's server only.
        if (owner.isPresent() && ownersUrl.map(ServerClient::address).equals(Optional.of(base))) {
            return new ServerClient(base, Json.text(owner.get(), "token"), Credential.OWNER);
        }
        return new ServerClient(base, null, Credential.NONE);
    }

    /** The edge at an address, for the owner of its folder. */
    private static Optional<ServerClient> edge(Path folder, URI base) {
        return running(folder)
                .filter(note -> Json.text(note, "token").startsWith("csw_"))
                .filter(note -> address(Json.text(note, "url")).equals(base))
                .map(note -> new ServerClient(base, Json.text(note, "token"), Credential.OWNER));
    }

    /** The server behind this one, where it is an edge; empty also when nothing answers. */
    Optional<String> behind() {
        try {
            return Optional.of(
                            Json.text(
                                    anonymous()
                                            .exchange("GET", "/health/live", null)
                                            .body()
                                            .path("edge"),
                                    "server"))
                    .filter(text -> !text.isEmpty());
        } catch (Failure unreachable) {
            return Optional.empty();
        }
    }

    /** The same server without any credential, for signing in. */
    ServerClient anonymous() {
        return new ServerClient(base, null, Credential.NONE);
    }

    /**
     * The note a running server leaves in its data folder: {@code url}, {@code token}, {@code pid}.
     */
    static Optional<ObjectNode> owner(Path data) {
        Path file = data.resolve(NOTE);
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Json.readObject(Files.readString(file)))
                    : Optional.empty();
        } catch (IOException | Json.Broken e) {
            return Optional.empty();
        }
    }

    /**
     * The same of a server that still runs: one that was killed could not take its note away, and
     * its address and number may be another program's by now.
     */
    static Optional<ObjectNode> running(Path data) {
        return owner(data).filter(note -> !note.has("pid") || runs(note, data));
    }

    private static boolean runs(ObjectNode note, Path data) {
        Optional<ProcessHandle> process =
                ProcessHandle.of(note.path("pid").asLong(0)).filter(ProcessHandle::isAlive);
        Optional<Instant> start = process.flatMap(each -> each.info().startInstant());
        if (start.isEmpty()) {
            return process.isPresent();
        }
        try {
            Instant written = Files.getLastModifiedTime(data.resolve(NOTE)).toInstant();
            return start.get().minus(ROUNDED).isBefore(written);
        } catch (IOException e) {
            return false;
        }
    }

    static URI address(String written) {
        try {
            URI url = new URI(written.endsWith("/") ? written : written + "/");
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (web && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw Failure.usage(
                "`" + written + "` is no server address; expected one such as `" + STANDARD + "`");
    }

    public URI base() {
        return base;
    }

    public Credential credential() {
        return credential;
    }

    public ObjectNode get(String path) {
        return call("GET", path, null);
    }

    /** The same server as somebody else. */
    ServerClient as(String other) {
        return new ServerClient(base, other, Credential.TOKEN);
    }

    /**
     * The token that is shown, where it is an agent's: with it nobody votes, reads what others do
     * or makes tokens.
     */
    Optional<String> agentsToken() {
        return Optional.ofNullable(token)
                .filter(_ -> credential == Credential.TOKEN)
                .filter(secret -> secret.startsWith("csa_") || secret.startsWith("csw_"));
    }

    /** An answer that is plain text. */
    public String text(String path) {
        try {
            HttpURLConnection connection = open(path);
            connection.setReadTimeout((int) ANSWER.toMillis());
            int status = connection.getResponseCode();
            if (status / 100 != 2) {
                throw refused(new Answer(status, body(connection, status)));
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * Copies an answer of any length.
     *
     * @throws Failure when the server refuses it or breaks off
     */
    void copy(String path, OutputStream out) throws IOException {
        Function<String, @Nullable String> _ = copy(path, out, ANSWER);
    }

    /**
     * The same where the server needs longer.
     *
     * @param patience how long it may be silent
     * @return the headers of the answer by their names
     */
    Function<String, @Nullable String> copy(String path, OutputStream out, Duration patience)
            throws IOException {
        HttpURLConnection connection;
        int status;
        try {
            connection = open(path);
            connection.setReadTimeout((int) patience.toMillis());
            status = connection.getResponseCode();
        } catch (IOException e) {
            throw unreachable(e);
        }
        if (status / 100 != 2) {
            throw refused(new Answer(status, body(connection, status)));
        }
        try (InputStream in = connection.getInputStream()) {
            in.transferTo(out);
        }
        return connection::getHeaderField;
    }

    public ObjectNode post(String path, ObjectNode body) {
        return call("POST", path, body);
    }

    /** The same where the server may need so long. */
    ObjectNode post(String path, ObjectNode body, Duration patience) {
        return good(exchange("POST", path, body, patience));
    }

    public ObjectNode put(String path, ObjectNode body) {
        return call("PUT", path, body);
    }

    public ObjectNode delete(String path) {
        return call("DELETE", path, null);
    }

    /** One part of a path or query, escaped. */
    public static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * An answer as it came.
     *
     * @param status the HTTP status
     * @param body the body if it was a JSON object, an empty object otherwise
     */
    public record Answer(int status, ObjectNode body) {}

    private ObjectNode call(String method, String path, @Nullable ObjectNode body) {
        return good(exchange(method, path, body));
    }

    private ObjectNode good(Answer answer) {
        if (answer.status() / 100 == 2) {
            return answer.body();
        }
        throw refused(answer);
    }

    /** Makes a call whatever its status; fails only when there is no answer. */
    public Answer exchange(String method, String path, @Nullable ObjectNode body) {
        return exchange(method, path, body, ANSWER);
    }

    /** The same where the server may need so long. */
    Answer exchange(String method, String path, @Nullable ObjectNode body, Duration patience) {
        try {
            HttpURLConnection connection = open(path);
            connection.setReadTimeout((int) patience.toMillis());
            connection.setRequestMethod(method);
            connection.setRequestProperty("Accept", "application/json");
            if (body != null) {
                byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setFixedLengthStreamingMode(bytes.length);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(bytes);
                }
            }
            int status = connection.getResponseCode();
            return new Answer(status, body(connection, status));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Server-sent events until either side ends; reads wait without limit. */
    InputStream events(String path) throws IOException {
        HttpURLConnection connection = open(path);
        connection.setRequestProperty("Accept", "text/event-stream");
        int status = connection.getResponseCode();
        if (status != 200) {
            throw new IOException("status " + status);
        }
        return connection.getInputStream();
    }

    private HttpURLConnection open(String path) throws IOException {
        URI url = base.resolve(path.startsWith("/") ? path.substring(1) : path);
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(TrustedRoots.context().getSocketFactory());
        }
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setInstanceFollowRedirects(false);
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        return connection;
    }

    private static ObjectNode body(HttpURLConnection connection, int status) throws IOException {
        try (InputStream in =
                status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            byte[] bytes = in == null ? new byte[0] : in.readNBytes(LARGEST_ANSWER);
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.isBlank()) {
                return Json.object();
            }
            return Json.readObject(text);
        } catch (Json.Broken e) {
            if (status / 100 == 2) {
                throw Failure.failed("the server's answer cannot be read: " + e.text());
            }
            return Json.object();
        }
    }

    private Failure unreachable(IOException e) {
        if (e instanceof ConnectException) {
            return Failure.failed(
                    "no server answers at `"
                            + base
                            + "`; start one with `"
                            + Program.command("serve")
                            + "`, or name another with `--server`");
        }
        if (e instanceof SocketTimeoutException) {
            return Failure.failed("the server at `" + base + "` did not answer in time");
        }
        return Failure.failed("the server at `" + base + "` cannot be reached: " + e.getMessage());
    }

    Failure refused(Answer answer) {
        if (answer.status() == 401) {
            return Failure.failed(
                    switch (credential) {
                        case TOKEN ->
                                "the server at `"
                                        + base
                                        + "` refused the token in"
                                        + " COUNTERSIGN_TOKEN";
                        case SIGN_IN ->
                                "your sign-in at `"
                                        + base
                                        + "` is no longer valid; run `"
                                        + Program.command("login")
                                        + "` again";
                        case OWNER ->
                                "the server at `"
                                        + base
                                        + "` refused the owner of its data"
                                        + " folder; is it still running?";
                        case NONE ->
                                "the server at `"
                                        + base
                                        + "` wants to know who asks: run"
                                        + " `"
                                        + Program.command("login")
                                        + "`, set COUNTERSIGN_TOKEN, or name its data"
                                        + " folder with `--data`";
                    });
        }
        JsonNode body = answer.body();
        String title = Json.text(body, "title");
        String detail = Json.text(body, "detail");
        String said = detail.isEmpty() ? title : detail;
        return Failure.failed(
                said.isEmpty()
                        ? "the server answered with status " + answer.status()
                        : Visible.line(said));
    }
}
