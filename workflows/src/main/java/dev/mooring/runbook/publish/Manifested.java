package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;

/** The archive proof of one content in a READY manifest. */
sealed interface Manifested {

  /** The bytes were decoded. */
  record Read(ContentProof proof) implements Manifested {}

  /** The files are present, which the policy accepts. */
  record Present(ContentPresence presence) implements Manifested {}
}
