package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Allows what is called {@code read}, denies {@code delete_all}, and asks about the rest. */
final class FakeAuthority implements Authority {
    final List<ObjectNode> asked = new CopyOnWriteArrayList<>();
    final List<ObjectNode> told = new CopyOnWriteArrayList<>();
    final BlockingQueue<ObjectNode> outcomes = new LinkedBlockingQueue<>();

    /** What people say, one after the other. */
    final BlockingQueue<String> votes = new LinkedBlockingQueue<>();

    final Set<String> hidden = new HashSet<>();

    /** Whether an allow has its receipt. */
    volatile boolean receipts = true;

    volatile String state = "first";
    volatile @Nullable String silent;

    @Override
    public ObjectNode decide(ObjectNode call) throws Silent {
        speak();
        asked.add(call);
        String tool = call.path("tool").asText();
        return decision(
                tool.endsWith("__read") ? "allow" : tool.endsWith("__delete_all") ? "deny" : "ask");
    }

    private ObjectNode decision(String effect) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", "D1").put("effect", effect).put("reason", "because of a rule");
        json.putObject("decider").put("kind", "rule");
        if (effect.equals("allow") && receipts) {
            json.putObject("receipt").put("hash", "ab");
        }
        if (effect.equals("ask")) {
            json.putObject("approval").put("id", "APR-1").put("url", "http://x/approvals/APR-1");
        }
        return json;
    }

    @Override
    public ObjectNode later(String id, Duration wait) throws Silent {
        speak();
        try {
            String vote = votes.take();
            return decision(vote);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Silent("interrupted");
        }
    }

    @Override
    public ObjectNode seen(ObjectNode tools) throws Silent {
        speak();
        told.add(tools);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (JsonNode tool : tools.path("tools")) {
            String name = tool.path("name").asText();
            json.withArray("/tools")
                    .addObject()
                    .put("name", name)
                    .put("sha256", tool.path("sha256").asText())
                    .put("state", state)
                    .put("hidden", hidden.contains(name));
        }
        return json;
    }

    @Override
    public void outcome(ObjectNode outcome) throws Silent {
        speak();
        outcomes.add(outcome);
    }

    private void speak() throws Silent {
        String why = silent;
        if (why != null) {
            throw new Silent(why);
        }
    }
}
