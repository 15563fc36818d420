package dev.mooring.evidence;

import dev.mooring.postgres.WalFileName;

/**
 * One archived WAL file whose bytes were read.
 *
 * @param file its name
 * @param bytes its size
 * @param sha256 the digest of its bytes, 64 hexadecimal digits
 */
public record ArchivedWal(WalFileName file, long bytes, String sha256) {}
