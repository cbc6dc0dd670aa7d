package dev.countersign.decision;

import dev.countersign.call.ToolCall;
import dev.countersign.policy.PolicySnapshot;

/** Gives the documents in force for a call: all that apply to it, and no others. */
public interface PolicySource {

    PolicySnapshot forCall(ToolCall call) throws Unreadable;

    /** A document that applies cannot be read; nothing may be allowed by guessing what it says. */
    final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        /** The message has file, line, column and what was expected. */
        public Unreadable(String message) {
            super(message);
        }
    }
}
