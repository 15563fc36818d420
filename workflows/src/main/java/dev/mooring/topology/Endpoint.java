package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** An endpoint that clients connect to instead of an instance: it points at the primary. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Endpoint.PgBouncer.class, name = "pgbouncer"),
  @JsonSubTypes.Type(value = Endpoint.HaProxy.class, name = "haproxy"),
  @JsonSubTypes.Type(value = Endpoint.VirtualIp.class, name = "virtualIp"),
  @JsonSubTypes.Type(value = Endpoint.Command.class, name = "command")
})
public sealed interface Endpoint {

  String name();

  /**
   * One process of PgBouncer: it is paused while the primary moves, so that clients wait instead of
   * failing.
   *
   * @param port of its admin console, on its host's loopback or socket directory
   * @param socketDirectory where its console listens; empty for the loopback address
   * @param user the user of the console (admin_users)
   * @param password of that user; never the password itself
   * @param databasesFile the file of its configuration that holds its section {@code [databases]}
   * @param database the database in that section that points at the primary
   */
  record PgBouncer(
      String name,
      HostName host,
      int port,
      String socketDirectory,
      String user,
      SecretReference password,
      String databasesFile,
      String database)
      implements Endpoint {}

  /**
   * HAProxy, by its runtime socket. Its servers have the instances' ids.
   *
   * @param socket path of the socket (stats socket, level admin)
   * @param writeBackend the backend whose one server that is up is the primary
   * @param readBackend the backend whose servers that are up are the standbys; empty without one
   */
  record HaProxy(String name, HostName host, String socket, String writeBackend, String readBackend)
      implements Endpoint {}

  /**
   * An address that the primary's host holds.
   *
   * @param address with its prefix length, such as 192.0.2.10/24
   * @param device the network device that holds it, the same on every host
   */
  record VirtualIp(String name, String address, String device) implements Endpoint {}

  /**
   * Commands on a host, with {@code {instance}}, {@code {address}} and {@code {port}} of the new
   * primary.
   *
   * @param route points it at that instance
   * @param observe prints the id of the instance it points at
   */
  record Command(String name, HostName host, String route, String observe) implements Endpoint {}
}
