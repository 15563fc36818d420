package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The meaning of an SQLSTATE for a run, decided only here. The same state means different things
 * while connecting, reading, changing something or entering a barrier: a connection lost while
 * reading is only unreachable, lost while changing it leaves the outcome unknown.
 */
final class SqlErrors {
  private SqlErrors() {}

  /** What was under way at the error. */
  enum While {
    CONNECTING,
    READING,
    CHANGING,
    ENTERING_BARRIER
  }

  /** The fault of an error. */
  static DatabaseFault fault(SQLException error, While doing) {
    return new DatabaseFault(codeOf(error, doing), sentence(error), error);
  }

  /**
   * The kind of failure. A server that can't read its own files, such as a control file whose
   * checksum is wrong, reports class 58 or XX. Of an answer over its limit the driver has no more,
   * and no connection.
   */
  static FailureCode codeOf(SQLException error, While doing) {
    String state = stateOf(error);
    if (failedInTls(error) || state.startsWith("28") || state.equals("08004")) {
      return FailureCode.AUTHENTICATION_REFUSED;
    }
    if (state.equals("57P03") || state.equals("53300")) {
      return FailureCode.DATABASE_UNREACHABLE;
    }
    if (lost(state)) {
      if (doing == While.CHANGING) {
        return FailureCode.OUTCOME_UNKNOWN;
      }
      return isTooLong(error) ? FailureCode.STATE_UNREADABLE : FailureCode.DATABASE_UNREACHABLE;
    }
    if (doing == While.ENTERING_BARRIER && (state.equals("55P03") || state.equals("57014"))) {
      return FailureCode.BARRIER_NOT_REACHED;
    }
    return doing == While.READING && (state.startsWith("XX") || state.startsWith("58"))
        ? FailureCode.STATE_UNREADABLE
        : FailureCode.DATABASE_REFUSED;
  }

  /**
   * True if nothing was received while connecting: packets may just have been lost. A refused
   * connection, and any error of the server itself, is an answer.
   */
  static boolean isSilence(SQLException error) {
    if (!stateOf(error).equals("08001")) {
      return false;
    }
    // the driver reports its own time limit without a cause
    Throwable cause = error.getCause();
    return cause == null
        ? serverMessage(error) == null
        : cause instanceof SocketTimeoutException || cause instanceof NoRouteToHostException;
  }

  /** True when the connection is of no more use after this error. */
  static boolean endsSession(SQLException error) {
    return lost(stateOf(error));
  }

  /** The server's or the driver's message, with the SQLSTATE; never a connection string. */
  static String sentence(SQLException error) {
    String state = stateOf(error);
    ServerErrorMessage server = serverMessage(error);
    String said = server == null ? error.getMessage() : server.getMessage();
    StringBuilder words = new StringBuilder();
    if (state.equals("57P03")) {
      words.append("not accepting connections: ");
    }
    words.append(firstLine(said));
    if (server != null && server.getDetail() != null) {
      words.append(" (").append(firstLine(server.getDetail())).append(')');
    }
    return words
        .append(" [SQLSTATE ")
        .append(state.isEmpty() ? "none" : state)
        .append(']')
        .toString();
  }

  /** The SQLSTATE behind a fault; empty if none came from a server or the driver. */
  static String stateOf(DatabaseFault fault) {
    return fault.getCause() instanceof SQLException error ? stateOf(error) : "";
  }

  private static @Nullable ServerErrorMessage serverMessage(SQLException error) {
    return error instanceof PSQLException fromServer ? fromServer.getServerErrorMessage() : null;
  }

  private static String firstLine(@Nullable String text) {
    String said = text == null ? "no message" : text.strip();
    int end = said.indexOf('\n');
    String line = end < 0 ? said : said.substring(0, end);
    boolean word = line.length() > 1 && Character.isLowerCase(line.charAt(1));
    return word ? line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1) : line;
  }

  /** Class 08, an administrator's or a crash's end of the session, or no state at all. */
  private static boolean lost(String state) {
    return state.isEmpty()
        || state.startsWith("08")
        || state.equals("57P01")
        || state.equals("57P02")
        || state.equals("57P05")
        || state.equals("25P03");
  }

  private static boolean isTooLong(SQLException error) {
    return serverMessage(error) == null
        && String.valueOf(error.getMessage()).contains("maxResultBuffer");
  }

  private static boolean failedInTls(SQLException error) {
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  private static String stateOf(SQLException error) {
    String state = error.getSQLState();
    return state == null ? "" : state;
  }
}
