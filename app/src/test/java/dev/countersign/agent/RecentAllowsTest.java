package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecentAllowsTest {
    private final Ticking clock = new Ticking();
    private final RecentAllows recent = new RecentAllows(clock, Duration.ofSeconds(60));

    @Test
    void anAllowAnswersTheSameQuestionOnce() {
        recent.add(call("s", "ls", null), "01K");

        assertThat(recent.take(call("s", "ls", null))).isEqualTo("01K");
        assertThat(recent.take(call("s", "ls", null))).isNull();
    }

    @Test
    void anotherCallSessionOrSubagentIsAnotherQuestion() {
        recent.add(call("s", "ls", null), "01K");

        assertThat(recent.take(call("s", "ls -a", null))).isNull();
        assertThat(recent.take(call("t", "ls", null))).isNull();
        assertThat(recent.take(call("s", "ls", "general-purpose"))).isNull();
    }

    @Test
    void anOldAllowAnswersNothing() {
        recent.add(call("s", "ls", null), "01K");
        clock.now = clock.now.plusSeconds(61);

        assertThat(recent.take(call("s", "ls", null))).isNull();
    }

    @Test
    void theOldestAllowsAreForgottenWhenThereAreTooMany() {
        for (int i = 0; i <= 1_000; i++) {
            recent.add(call("s", "echo " + i, null), "01K");
        }

        assertThat(recent.take(call("s", "echo 0", null))).isNull();
        assertThat(recent.take(call("s", "echo 1000", null))).isEqualTo("01K");
    }

    private static ToolCall call(
            String session, String command, @org.jspecify.annotations.Nullable String agentType) {
        return new ToolCall(
                "claude-code",
                "Bash",
                JsonNodeFactory.instance.objectNode().put("command", command),
                new Context("/p", "/p", "/home/dev", Shell.BASH, "linux", Map.of()),
                new Subject("default", "dev", agentType, null, null),
                session,
                session,
                null);
    }

    private static final class Ticking extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
