package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Scene;
import dev.countersign.analysis.KnownEntities;
import dev.countersign.call.Subject;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.people.Principal;
import dev.countersign.policy.PolicySnapshot;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The searches of OpenID AuthZEN: which subjects, resources or actions would be allowed. They look
 * through what documents name and nothing else, and ask of each what an evaluation would ask.
 */
final class AccessSearch {
    private static final int USUAL_RESULTS = 50;
    private static final int MOST_RESULTS = 100;

    /** How many are looked at for one answer. */
    private static final int MOST_TRIED = 200;

    /** Hexadecimal digits. */
    private static final int STAMP = 24;

    /** Stands for what is looked for until it is known. */
    private static final String ANY = "*";

    private final DecisionRoutes decisions;

    AccessSearch(DecisionRoutes decisions) {
        this.decisions = decisions;
    }

    private enum Sought {
        SUBJECT("subject", "id"),
        RESOURCE("resource", "id"),
        ACTION("action", "name");

        private final String member;
        private final String key;

        Sought(String member, String key) {
            this.member = member;
            this.key = key;
        }

        /** The body with one that is looked for; nothing else that was said of it counts. */
        ObjectNode with(ObjectNode body, String candidate) {
            ObjectNode one = body.deepCopy();
            ObjectNode entity = one.putObject(member);
            JsonNode type = body.path(member).path("type");
            if (this != ACTION && !type.isMissingNode()) {
                entity.set("type", type);
            }
            entity.put(key, candidate);
            return one;
        }
    }

    /** {@code POST /access/v1/search/subject}: who could do it. */
    ObjectNode subjects(ServerRequest request, Principal by) {
        return search(Sought.SUBJECT, request, by);
    }

    /** {@code POST /access/v1/search/resource}: what it could be done with. */
    ObjectNode resources(ServerRequest request, Principal by) {
        return search(Sought.RESOURCE, request, by);
    }

    /** {@code POST /access/v1/search/action}: what could be done. */
    ObjectNode actions(ServerRequest request, Principal by) {
        return search(Sought.ACTION, request, by);
    }

    private ObjectNode search(Sought sought, ServerRequest request, Principal by) {
        ObjectNode body = AccessRoutes.body(request);
        AccessQuestion question = AccessQuestion.of(sought.with(body, ANY));
        Subject token = decisions.subject(by);
        ObjectNode where = JsonNodeFactory.instance.objectNode();
        where.put("cwd", question.context().path("cwd").asText(""));
        Scene scene = decisions.scene(request, by, token, where);
        PolicySnapshot snapshot = decisions.inForce(question.thing(scene));
        SortedSet<String> among = among(sought, question, snapshot.programs().entities(), token);
        Page page = Page.of(body, token, snapshot.version());

        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ObjectNode shown = answer.putObject("page").put("next_token", "");
        answer.putObject("context").putObject("countersign").put("among", among.size());
        ArrayNode results = answer.putArray("results");
        String last = page.after();
        int tried = 0;
        for (String candidate : among.tailSet(page.after() + '\0')) {
            if (tried == MOST_TRIED || results.size() == page.limit()) {
                shown.put("next_token", page.token(last));
                break;
            }
            ObjectNode one = sought.with(body, candidate);
            if (decisions.wouldAllow(AccessQuestion.of(one).call(scene))) {
                results.add(one.path(sought.member));
            }
            tried++;
            last = candidate;
        }
        shown.put("count", results.size());
        return answer;
    }

    /** What is looked through, sorted; nothing where what is asked about is not known. */
    private static SortedSet<String> among(
            Sought sought, AccessQuestion question, KnownEntities entities, Subject token) {
        String subject = question.subject().path("type").textValue();
        String resource = question.resource().path("type").textValue();
        boolean knowsSubject =
                sought == Sought.SUBJECT
                        || own(token).contains(question.subject().path("id").textValue())
                        || entities.has(subject, question.subject().path("id").textValue());
        boolean knowsResource =
                sought == Sought.RESOURCE
                        || (AccessQuestion.ACTIONS.containsKey(resource)
                                && !entities.names(resource))
                        || entities.has(resource, question.resource().path("id").textValue());
        if (!knowsSubject || !knowsResource) {
            return new TreeSet<>();
        }
        return switch (sought) {
            case SUBJECT -> {
                SortedSet<String> subjects = entities.ids(subject);
                if (subject.equals("agent")) {
                    subjects.add(token.agent());
                }
                yield subjects;
            }
            case RESOURCE -> entities.ids(resource);
            case ACTION -> {
                SortedSet<String> actions = entities.actions(resource);
                actions.addAll(AccessQuestion.ACTIONS.getOrDefault(resource, List.of()));
                yield actions;
            }
        };
    }

    private static List<String> own(Subject token) {
        return token.person() == null
                ? List.of(token.agent())
                : List.of(token.agent(), token.person());
    }

    /**
     * Which part of the results is wanted.
     *
     * @param limit how many at most
     * @param after the last that was looked at before, or empty
     * @param stamp of this search, this caller and these policies: a token is for no others
     */
    private record Page(int limit, String after, String stamp) {

        static Page of(ObjectNode body, Subject token, String version) {
            JsonNode page = body.path("page");
            if (!page.isMissingNode() && !page.isNull() && !page.isObject()) {
                throw Problem.badRequest("`page` must be an object");
            }
            JsonNode limit = page.path("limit");
            if (!limit.isMissingNode() && (!limit.canConvertToInt() || limit.asInt() < 1)) {
                throw Problem.badRequest("`page.limit` must be a whole number of at least 1");
            }
            String stamp = stamp(body, token, version);
            JsonNode given = page.path("token");
            return new Page(
                    Math.min(limit.asInt(USUAL_RESULTS), MOST_RESULTS),
                    given.isMissingNode() || given.asText().isEmpty()
                            ? ""
                            : after(given.asText(), stamp),
                    stamp);
        }

        private static String stamp(ObjectNode body, Subject token, String version) {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            all.set("asked", body.deepCopy().without("page"));
            all.put("limit", body.path("page").path("limit").asText());
            all.put("agent", token.agent());
            all.put("person", token.person());
            all.put("policy", version);
            try {
                byte[] hash =
                        MessageDigest.getInstance("SHA-256")
                                .digest(CanonicalJson.bytes(CanonicalJson.exact(all)));
                return HexFormat.of().formatHex(hash, 0, STAMP / 2);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
            }
        }

        private static String after(String token, String stamp) {
            String read;
            try {
                read = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                read = "";
            }
            if (!read.startsWith(stamp)) {
                throw Problem.badRequest(
                        "`page.token` is of another search, or the policies changed since; start"
                                + " again without it");
            }
            return read.substring(STAMP);
        }

        String token(String last) {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((stamp + last).getBytes(StandardCharsets.UTF_8));
        }
    }
}
