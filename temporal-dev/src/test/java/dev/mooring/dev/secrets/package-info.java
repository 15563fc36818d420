/** Looking for secrets where none may be. */
@NullMarked
package dev.mooring.dev.secrets;

import org.jspecify.annotations.NullMarked;
