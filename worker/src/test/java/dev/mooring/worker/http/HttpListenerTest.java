package dev.mooring.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that connect and send nothing, or too slowly, keep no other from its answer. */
@Timeout(60)
class HttpListenerTest {
  private static final String CALL = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

  private final List<Socket> open = new ArrayList<>();
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void close() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  private HttpListener listening(Duration within) throws IOException {
    return HttpListener.begin("test", "0.0.0.0", 0, Optional.empty(), within, new Answers());
  }

  private final class Answers extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      if (Request.getPathInContext(request).equals("/never")) {
        never.countDown();
      } else {
        Content.Sink.write(response, true, "here", callback);
      }
      return true;
    }
  }

  private Socket sent(HttpListener to, String from, String text) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.getAllByName(from)[0], 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port()));
    socket.setSoTimeout(10_000);
    send(socket, text);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertIsAnswered(Socket socket) throws IOException {
    assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 200 OK");
  }

  /** Else the reading takes too long. */
  private static void assertIsCutOff(Socket socket) throws IOException {
    socket.getInputStream().readAllBytes();
  }

  @Test
  void of_too_many_connections_of_an_address_the_longest_unchanged_is_cut_off() throws Exception {
    try (HttpListener listener = listening(Duration.ofMinutes(1))) {
      Socket elsewhere = sent(listener, "127.0.0.2", "GET /x");
      Socket first = sent(listener, "127.0.0.1", CALL);
      assertIsAnswered(first);
      Socket unanswered = sent(listener, "127.0.0.1", CALL.replace("/x", "/never"));
      never.await();
      for (int i = 0; i < 128; i++) {
        sent(listener, "127.0.0.1", "GET /x");
      }
      assertIsCutOff(first);
      assertIsCutOff(unanswered);
      assertIsAnswered(sent(listener, "127.0.0.1", CALL));
      send(elsewhere, CALL.substring("GET /x".length()));
      assertIsAnswered(elsewhere);
    }
  }

  @Test
  void of_too_many_connections_in_all_the_longest_unchanged_is_cut_off() throws IOException {
    try (HttpListener listener = listening(Duration.ofMinutes(1))) {
      Socket first = sent(listener, "127.0.0.2", CALL);
      assertIsAnswered(first);
      for (int i = 0; i < 512; i++) {
        sent(listener, "127.0.0." + (10 + i / 60), "GET /x");
      }
      assertIsCutOff(first);
      assertIsAnswered(sent(listener, "127.0.0.1", CALL));
    }
  }

  @Test
  void headers_have_a_deadline_however_often_a_byte_comes() throws IOException {
    try (HttpListener listener = listening(Duration.ofMillis(500))) {
      Socket slow = sent(listener, "127.0.0.1", CALL);
      assertIsAnswered(slow);
      slow.setSoTimeout(20);
      assertThat(isCutOffWhileSending(slow)).isTrue();
    }
  }

  /** Sends a byte every 20 ms, for at most 20 s. */
  private static boolean isCutOffWhileSending(Socket slow) {
    long began = System.nanoTime();
    while (System.nanoTime() - began < 20_000_000_000L) {
      if (isCutOffBySending(slow)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCutOffBySending(Socket slow) {
    try {
      send(slow, "G");
      return slow.getInputStream().read() < 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }
}
