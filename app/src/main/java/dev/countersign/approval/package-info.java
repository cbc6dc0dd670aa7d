/** Questions to people: requests, votes, quorums, and who may answer. */
@NullMarked
package dev.countersign.approval;

import org.jspecify.annotations.NullMarked;
