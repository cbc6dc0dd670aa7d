package dev.countersign.policy;

import org.jspecify.annotations.Nullable;

/**
 * One thing that spoke about an operation.
 *
 * @param document the document, such as {@code project/payments}, {@code autonomy}, {@code
 *     profile}, {@code floor}
 * @param rule the rule's name or text
 * @param at {@code file:line:column}, or null for what is built in
 * @param effect what it said
 * @param text one sentence for people
 */
public record Because(
        String document, String rule, @Nullable String at, Effect effect, String text) {}
