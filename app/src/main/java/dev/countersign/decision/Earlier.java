package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What this program says under other built-in defaults than its own. Those are read by classes of a
 * class loader of their own, so nothing but types of the JDK and of Jackson goes in or comes out.
 */
public interface Earlier {

    /**
     * Says what is on the server from now on.
     *
     * @param documents of each {@code level}, {@code of}, {@code name}, {@code file} and {@code
     *     text}
     */
    void documents(List<Map<String, String>> documents);

    /**
     * The effect of a call, where it would run.
     *
     * @param call as {@link CallJson} writes it
     * @param pastWindow whether rules that only put it off are set aside
     * @return such as {@code allow}; {@code ask} when it cannot be told
     */
    String effect(ObjectNode call, Instant at, boolean pastWindow);

    /** The effect of a call that runs nowhere: nothing is looked up on this machine. */
    String example(ObjectNode call, Instant at);
}
