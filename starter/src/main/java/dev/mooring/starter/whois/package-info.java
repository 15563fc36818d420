/** Who may write: the one look that this machine takes itself, with no Temporal between. */
@NullMarked
package dev.mooring.starter.whois;

import org.jspecify.annotations.NullMarked;
