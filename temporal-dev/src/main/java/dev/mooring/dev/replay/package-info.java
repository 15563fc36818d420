/** Kept histories against the code of this work tree. */
@NullMarked
package dev.mooring.dev.replay;

import org.jspecify.annotations.NullMarked;
