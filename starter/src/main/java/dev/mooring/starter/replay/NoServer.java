package dev.mooring.starter.replay;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of a Temporal server for a worker that only replays: it answers what the server
 * can do and that a worker ends, and nothing else. No byte leaves this process.
 */
final class NoServer implements ClientInterceptor {
  private static final Status AWAY =
      Status.UNAVAILABLE.withDescription("a history is replayed without a server");

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new Answered<>(method);
  }

  /** A call that is answered here. */
  private static final class Answered<Q, R> extends ClientCall<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private Optional<Listener<R>> asking = Optional.empty();

    private Answered(MethodDescriptor<Q, R> method) {
      this.method = method;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      asking = Optional.of(listener);
    }

    @Override
    public void halfClose() {
      String name = String.valueOf(method.getBareMethodName());
      boolean known = name.equals("GetSystemInfo") || name.equals("ShutdownWorker");
      asking.ifPresent(
          listener -> {
            if (known) {
              listener.onHeaders(new Metadata());
              listener.onMessage(method.parseResponse(new ByteArrayInputStream(new byte[0])));
            }
            listener.onClose(known ? Status.OK : AWAY, new Metadata());
          });
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public void sendMessage(Q message) {}
  }
}
