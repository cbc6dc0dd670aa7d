package dev.countersign.web;

import dev.countersign.people.Principal;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody who signed in and looks at a page or sends a form of ours.
 *
 * @param form the fields that came; empty where nothing was sent
 */
record Visit(
        ServerRequest request,
        ServerResponse response,
        Principal.Person person,
        Map<String, String> form) {

    private static final int LONGEST_ADDRESS = 2_000;

    /** A part of the path. */
    String parameter(String name) {
        return request.path().pathParameters().first(name).orElse("");
    }

    Optional<String> query(String name) {
        return request.query().first(name).asOptional();
    }

    /** What a field of the form holds, or empty. */
    String field(String name) {
        return form.getOrDefault(name, "");
    }

    /** What a field of the form holds, without space around it and no longer than this. */
    String text(String name, int most) {
        String typed = field(name).strip();
        return typed.length() <= most ? typed : typed.substring(0, most);
    }

    void redirect(String to) {
        Site.redirect(response, to);
    }

    /**
     * An address of this server to go on to, or empty where somebody wants to send the person
     * elsewhere.
     */
    static Optional<String> local(String to) {
        boolean ours =
                to.length() <= LONGEST_ADDRESS
                        && to.startsWith("/")
                        && !to.startsWith("//")
                        && to.indexOf('\\') < 0
                        && to.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return ours ? Optional.of(to) : Optional.empty();
    }

    /** A number as an address or a form names it; what is none is -1. */
    static long number(String digits) {
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
    }

    /** A text as part of an address. */
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
