package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;

/** What a READY manifest says of one content's archive. */
sealed interface Manifested {

  /** Its bytes were decoded. */
  record Read(ContentProof proof) implements Manifested {}

  /** Its files are there; policy takes that for enough. */
  record Present(ContentPresence presence) implements Manifested {}
}
