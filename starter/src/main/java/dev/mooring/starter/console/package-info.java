/** The output of a command: lines, tables, one sentence for each failure, an exit code. */
@NullMarked
package dev.mooring.starter.console;

import org.jspecify.annotations.NullMarked;
