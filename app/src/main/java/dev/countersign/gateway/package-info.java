/** What stands between a client and what it talks to, and has calls decided before they pass. */
@NullMarked
package dev.countersign.gateway;

import org.jspecify.annotations.NullMarked;
