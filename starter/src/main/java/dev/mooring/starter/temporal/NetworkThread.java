package dev.mooring.starter.temporal;

import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that carries a command's connection, ended with it. gRPC's own threads stay a second
 * longer, and a JVM that exits waits 0.3 seconds for threads that are in the network.
 */
final class NetworkThread implements AutoCloseable {
  private static final long ENDS_WITHIN_MILLIS = 200;

  private final EventLoopGroup loop =
      new NioEventLoopGroup(1, new DefaultThreadFactory("temporal", true));

  /** Makes this thread carry a connection; {@code first} is applied to the channel first. */
  Consumer<ManagedChannelBuilder<?>> carrying(@Nullable Consumer<ManagedChannelBuilder<?>> first) {
    return channel -> {
      if (first != null) {
        first.accept(channel);
      }
      carry(channel);
    };
  }

  private void carry(ManagedChannelBuilder<?> channel) {
    if (channel instanceof NettyChannelBuilder netty) {
      netty.eventLoopGroup(loop).channelType(NioSocketChannel.class);
    }
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, ENDS_WITHIN_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(ENDS_WITHIN_MILLIS);
  }
}
