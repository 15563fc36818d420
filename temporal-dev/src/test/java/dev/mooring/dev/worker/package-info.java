/** The worker as a program: what it needs, what it says, how it ends. */
@NullMarked
package dev.mooring.dev.worker;

import org.jspecify.annotations.NullMarked;
