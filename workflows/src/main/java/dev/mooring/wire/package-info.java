/** How values stand in histories and documents, and how requests are bound. */
@NullMarked
package dev.mooring.wire;

import org.jspecify.annotations.NullMarked;
