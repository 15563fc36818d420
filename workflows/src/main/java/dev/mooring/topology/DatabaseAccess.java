package dev.mooring.topology;

/**
 * How the databases of a cluster are reached.
 *
 * @param user the role Mooring connects as
 * @param database the database it connects to
 * @param password where the password is found; never the password itself
 * @param sslMode libpq's sslmode: disable, require, verify-ca or verify-full
 * @param sslRootCertificate path of the CA certificate on the worker's host, or empty
 */
public record DatabaseAccess(
    String user,
    String database,
    SecretReference password,
    String sslMode,
    String sslRootCertificate) {}
