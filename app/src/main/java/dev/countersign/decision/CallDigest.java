package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
import dev.countersign.ledger.CanonicalJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an approval is bound to: SHA-256 over the canonical JSON of a call, its operations and its
 * requester.
 */
final class CallDigest {
    private CallDigest() {}

    /** What an approval covers; 64 hexadecimal digits. */
    static String of(ToolCall call, Analysis analysis) {
        ObjectNode json = json(call);
        ArrayNode operations = json.putArray("operations");
        for (Operation operation : analysis.operations()) {
            ObjectNode each = operations.addObject();
            each.put("action", operation.action().wire());
            each.put("risk", operation.risk().wire());
            operation.resource().fields().forEach(field -> each.put(field.name(), field.value()));
        }
        return digest(json);
    }

    /** The same call of the same session, whatever it does; 64 hexadecimal digits. */
    static String of(ToolCall call) {
        return digest(json(call));
    }

    private static ObjectNode json(ToolCall call) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("client", call.client());
        json.put("session", call.session());
        json.put("tool", call.tool());
        json.set("input", call.input());
        json.put("cwd", call.context().cwd());
        json.put("workspace", call.context().workspace());
        json.put("tenant", call.subject().tenant());
        json.put("agent", call.subject().agent());
        json.put("agent_type", call.subject().agentType());
        json.put("driver", call.subject().person());
        if (call.drifted()) {
            json.put("drifted", true);
        }
        return json;
    }

    private static String digest(ObjectNode json) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha256.digest(CanonicalJson.bytes(CanonicalJson.exact(json))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }
}
