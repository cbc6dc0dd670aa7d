package dev.countersign.policy;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.ToolCall;
import java.util.Set;

/**
 * An operation as the documents in force see it: with the tags they define.
 *
 * @param operation as analysed
 * @param call the call it belongs to
 * @param tags those of the analysis and those the documents add
 * @param risk one tier up when a document made it {@code prod}
 * @param matches what command patterns said about the commands of this call so far
 */
public record Subjected(
        Operation operation, ToolCall call, Set<String> tags, RiskTier risk, Matches matches) {}
