/** Settings of the server and where its data lives. */
@NullMarked
package dev.countersign.config;

import org.jspecify.annotations.NullMarked;
