/** Shell text: lexer, parser, nodes, and their abstract evaluation. Pure. */
@NullMarked
package dev.countersign.analysis.shell;

import org.jspecify.annotations.NullMarked;
