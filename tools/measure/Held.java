import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds many calls at a running server at once, lists them among many more, and approves each.
 * Arguments: address, agent's token, person's token, how many, process id of the server.
 */
final class Held {
    private static final int PENDING = 10_000;
    private static final int MOST_KIB = 300 * 1024;
    private static final int MOST_LIST_MS = 200;
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"(APR-\\d+)\"");
    private static final Pattern NEXT = Pattern.compile("\"next\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern OPEN = Pattern.compile("\"pending\"\\s*:\\s*(\\d+)");

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
    private final String url;
    private final String agent;
    private final String person;
    private boolean bad;

    private Held(String url, String agent, String person) {
        this.url = url;
        this.agent = agent;
        this.person = person;
    }

    public static void main(String[] arguments) throws Exception {
        Held held = new Held(arguments[0], arguments[1], arguments[2]);
        held.run(Integer.parseInt(arguments[3]), arguments[4]);
        System.exit(held.bad ? 1 : 0);
    }

    private void run(int calls, String pid) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long began = System.nanoTime();
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                String branch = "held" + i;
                answers.add(threads.submit(() -> hook(branch)));
            }
            until(calls);
            say(true, calls + " calls are held after " + since(began) + " ms");
            resident(pid, calls);

            began = System.nanoTime();
            atMost64(threads, PENDING - calls, i -> decide("open" + i));
            until(PENDING);
            say(true, PENDING + " are pending after " + since(began) + " ms more");
            long best = Long.MAX_VALUE;
            String list = "";
            for (int i = 0; i < 10; i++) {
                began = System.nanoTime();
                list = get("/v1/approvals");
                best = Math.min(best, since(began));
            }
            say(best <= MOST_LIST_MS, "listed in " + best + " ms, at most " + MOST_LIST_MS);
            every(list);

            began = System.nanoTime();
            List<String> ids = ids(list);
            say(ids.size() >= 500, "the listing begins with 500, the first to expire first");
            int done = 0;
            while (!ids.isEmpty() && done < calls) {
                List<String> some = ids.subList(0, Math.min(ids.size(), calls - done));
                atMost64(threads, some.size(), i -> vote(some.get(i)));
                done += some.size();
                ids = ids(get("/v1/approvals"));
            }
            int allowed = 0;
            for (Future<String> answer : answers) {
                allowed += answer.get(60, TimeUnit.SECONDS).contains("\"allow\"") ? 1 : 0;
            }
            say(
                    allowed == calls,
                    allowed + " of " + calls + " were approved and answered, in " + since(began)
                            + " ms");
        }
    }

    /** Goes through the whole list, page by page. */
    private void every(String first) throws Exception {
        Set<String> all = new HashSet<>(ids(first));
        long worst = 0;
        Matcher next = NEXT.matcher(first);
        while (next.find()) {
            String page = "";
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                long began = System.nanoTime();
                page = get("/v1/approvals?from=" + next.group(1));
                best = Math.min(best, since(began));
            }
            worst = Math.max(worst, best);
            all.addAll(ids(page));
            next = NEXT.matcher(page);
        }
        say(all.size() == PENDING, all.size() + " of " + PENDING + " are listed page by page");
        say(worst <= MOST_LIST_MS, "each page in " + worst + " ms, at most " + MOST_LIST_MS);
    }

    private void resident(String pid, int calls) throws Exception {
        Path status = Path.of("/proc", pid, "status");
        if (!Files.isReadable(status)) {
            return;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                long kib = Long.parseLong(line.replaceAll("[^0-9]", ""));
                say(
                        kib <= MOST_KIB,
                        "resident KiB with " + calls + " calls held (" + kib + ", at most "
                                + MOST_KIB + ")");
            }
        }
    }

    private interface Step {
        void run(int i) throws Exception;
    }

    private static void atMost64(ExecutorService threads, int count, Step step) throws Exception {
        Semaphore free = new Semaphore(64);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            free.acquire();
            all.add(
                    threads.submit(
                            (Callable<Void>)
                                    () -> {
                                        try {
                                            step.run(number);
                                            return null;
                                        } finally {
                                            free.release();
                                        }
                                    }));
        }
        for (Future<?> one : all) {
            one.get(120, TimeUnit.SECONDS);
        }
    }

    private void until(int pending) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        int seen = -1;
        while (System.nanoTime() < end) {
            Matcher open = OPEN.matcher(get("/v1/approvals?lane=done"));
            seen = open.find() ? Integer.parseInt(open.group(1)) : -1;
            if (seen >= pending) {
                return;
            }
            Thread.sleep(50);
        }
        say(false, pending + " should be pending, not " + seen);
    }

    private static List<String> ids(String list) {
        List<String> ids = new ArrayList<>();
        Matcher matcher = ID.matcher(list);
        while (matcher.find()) {
            if (!ids.contains(matcher.group(1))) {
                ids.add(matcher.group(1));
            }
        }
        return ids;
    }

    private String hook(String branch) throws Exception {
        return send(
                "POST",
                "/hooks/claude-code/PreToolUse",
                agent,
                "{\"session_id\":\"s\",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\""
                        + branch
                        + "\",\"cwd\":\"/tmp\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"git"
                        + " push origin "
                        + branch
                        + "\"}}",
                Duration.ofMinutes(5));
    }

    private void decide(String branch) throws Exception {
        send(
                "POST",
                "/v1/decisions",
                agent,
                "{\"client\":\"x\",\"tool\":\"Bash\",\"input\":{\"command\":\"git push origin "
                        + branch
                        + "\"},\"cwd\":\"/tmp\"}",
                Duration.ofMinutes(1));
    }

    private void vote(String id) throws Exception {
        send(
                "POST",
                "/v1/approvals/" + id + "/votes",
                person,
                "{\"answer\":\"approve\"}",
                Duration.ofMinutes(1));
    }

    private String get(String path) throws Exception {
        return send("GET", path, person, null, Duration.ofMinutes(1));
    }

    private String send(String method, String path, String token, String body, Duration timeout)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(timeout)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            say(false, method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private static long since(long began) {
        return (System.nanoTime() - began) / 1_000_000;
    }

    private synchronized void say(boolean good, String text) {
        System.out.println((good ? "ok " : "not ok ") + text);
        bad |= !good;
    }
}
