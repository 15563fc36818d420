package dev.mooring.dev.scale;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of PostgreSQL's protocol 3.0, as far as the JDBC driver uses it here: extended
 * queries of one row at most, in text.
 */
final class Wire {
  private static final int STARTUP = 196_608;
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "server_version", "15.18",
          "server_encoding", "UTF8",
          "client_encoding", "UTF8",
          "DateStyle", "ISO, MDY",
          "TimeZone", "UTC",
          "integer_datetimes", "on",
          "standard_conforming_strings", "on");

  private final DataInputStream in;
  private final DataOutputStream out;
  private final Function<String, List<Column>> answers;
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, List<Column>> described = new HashMap<>();
  private String portal = "";

  /** One column of the one row; null is SQL's. */
  record Column(String name, int type, @Nullable String value) {}

  Wire(InputStream in, OutputStream out, Function<String, List<Column>> answers) {
    this.in = new DataInputStream(in);
    this.out = new DataOutputStream(out);
    this.answers = answers;
  }

  /** Serves until the client leaves. */
  void serve() throws IOException {
    begin();
    while (true) {
      int type = in.read();
      if (type < 0 || type == 'X') {
        return;
      }
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      message(type, new Body(body));
    }
  }

  private void begin() throws IOException {
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    int code = new DataInputStream(new java.io.ByteArrayInputStream(body)).readInt();
    if (code != STARTUP) {
      throw new IOException("startup code " + code + " is not served");
    }
    send('R', message -> message.writeInt(0));
    for (Map.Entry<String, String> parameter : PARAMETERS.entrySet()) {
      send(
          'S',
          message -> {
            text(message, parameter.getKey());
            text(message, parameter.getValue());
          });
    }
    send(
        'K',
        message -> {
          message.writeInt(1);
          message.writeInt(1);
        });
    ready();
  }

  private void message(int type, Body body) throws IOException {
    switch (type) {
      case 'P' -> {
        statements.put(body.text(), body.text());
        send('1', message -> {});
      }
      case 'B' -> {
        body.text();
        portal = statements.getOrDefault(body.text(), "");
        described.remove(portal);
        send('2', message -> {});
      }
      case 'D' -> describe();
      case 'E' -> execute();
      case 'C' -> send('3', message -> {});
      case 'S' -> ready();
      case 'H' -> out.flush();
      default -> throw new IOException("message " + (char) type + " is not served");
    }
  }

  private List<Column> row() {
    return described.computeIfAbsent(portal, answers);
  }

  private void describe() throws IOException {
    if (portal.isBlank() || row().isEmpty()) {
      send('n', message -> {});
      return;
    }
    send(
        'T',
        message -> {
          message.writeShort(row().size());
          for (Column column : row()) {
            text(message, column.name());
            message.writeInt(0);
            message.writeShort(0);
            message.writeInt(column.type());
            message.writeShort(-1);
            message.writeInt(-1);
            message.writeShort(0);
          }
        });
  }

  private void execute() throws IOException {
    if (portal.isBlank()) {
      send('I', message -> {});
      return;
    }
    List<Column> row = row();
    if (!row.isEmpty()) {
      send('D', message -> values(message, row));
    }
    send('C', message -> text(message, row.isEmpty() ? "CHECKPOINT" : "SELECT 1"));
  }

  private static void values(DataOutputStream message, List<Column> row) throws IOException {
    message.writeShort(row.size());
    for (Column column : row) {
      String value = column.value();
      if (value == null) {
        message.writeInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        message.writeInt(bytes.length);
        message.write(bytes);
      }
    }
  }

  private void ready() throws IOException {
    send('Z', message -> message.writeByte('I'));
    out.flush();
  }

  private interface Writing {
    void to(DataOutputStream message) throws IOException;
  }

  private void send(int type, Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writing.to(new DataOutputStream(bytes));
    out.writeByte(type);
    out.writeInt(bytes.size() + 4);
    bytes.writeTo(out);
  }

  private static void text(DataOutputStream message, String text) throws IOException {
    message.write(text.getBytes(StandardCharsets.UTF_8));
    message.writeByte(0);
  }

  /** A message's body, read from its beginning. */
  private static final class Body {
    private final byte[] bytes;
    private int at;

    Body(byte[] bytes) {
      this.bytes = bytes;
    }

    String text() {
      int end = at;
      while (bytes[end] != 0) {
        end++;
      }
      String text = new String(bytes, at, end - at, StandardCharsets.UTF_8);
      at = end + 1;
      return text;
    }
  }
}
