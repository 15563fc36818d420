/** Where a cluster stands: facts, the verdict on them, and how both are shown. */
@NullMarked
package dev.mooring.starter.status;

import org.jspecify.annotations.NullMarked;
