/** What a look at members shows that counts, and when it counts: pure, given looks as values. */
@NullMarked
package dev.mooring.watch;

import org.jspecify.annotations.NullMarked;
