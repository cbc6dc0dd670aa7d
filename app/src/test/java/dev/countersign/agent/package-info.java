/** Tests of the clients' adapters. */
@NullMarked
package dev.countersign.agent;

import org.jspecify.annotations.NullMarked;
