/** The clients that host agents, one file each: their JSON in, their JSON out. */
@NullMarked
package dev.countersign.agent;

import org.jspecify.annotations.NullMarked;
