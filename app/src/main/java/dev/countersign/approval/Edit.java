package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A person approved a call with a change.
 *
 * @param person e-mail of who changed it
 * @param asked the input as the agent sent it
 * @param digest of the call as it was changed: {@link ApprovalRequest#digest} stays that of the
 *     call that was asked about
 * @param at when
 */
public record Edit(String person, ObjectNode asked, String digest, Instant at) {}
