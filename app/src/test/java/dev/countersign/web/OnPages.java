package dev.countersign.web;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A browser without scripts in which somebody signed in. */
record OnPages(TestServer server, String cookie, String csrf) {
    static OnPages as(TestServer server, String email) throws NotRecorded {
        String cookie = "countersign_session=" + server.cookie(email);
        String page = server.send("GET", "/grants", null, null, Map.of("Cookie", cookie)).body();
        String before = "name=\"csrf\" value=\"";
        int from = page.indexOf(before) + before.length();
        return new OnPages(server, cookie, page.substring(from, page.indexOf('"', from)));
    }

    Reply get(String path) {
        return server.send("GET", path, null, null, Map.of("Cookie", cookie));
    }

    /**
     * Sends a form.
     *
     * @param fields names and values in turn
     */
    Reply post(String path, String... fields) {
        StringBuilder form = new StringBuilder("csrf=" + csrf);
        for (int i = 0; i < fields.length; i += 2) {
            form.append('&')
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return server.send(
                "POST",
                path,
                null,
                form.toString(),
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"));
    }
}
