package dev.mooring.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HAProxy's way of talking, through each program and shell that a host may have. */
class BalancerSocketTest {
  private static final int MORE_THAN_ONE_READ = 100_000;

  @TempDir Path directory;

  /** Perl is part of Debian, python3 is what temporal-dev/setup asks for. */
  static Stream<Arguments> ways() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"))
        .flatMap(shell -> Stream.of("perl", "python3").map(talker -> Arguments.of(shell, talker)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void an_answer_comes_whole_and_a_command_goes_as_one_line(List<String> shell, String talker)
      throws Exception {
    Path socket = directory.resolve("ha proxy.sock");
    String answer = "east-0,UP\n".repeat(MORE_THAN_ONE_READ / 10);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread haproxy = new Thread(() -> answer(server, answer));
      haproxy.start();
      assertThat(asked(shell, talker, socket)).isZero();
      haproxy.join();
    }
    assertThat(Files.readString(directory.resolve("out"))).isEqualTo(answer);
    assertThat(Files.readString(directory.resolve("command")))
        .isEqualTo("set server writes/east-0 state maint;show stat typed\n");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nobody_at_the_socket_is_a_failure_with_a_word(List<String> shell, String talker)
      throws Exception {
    assertThat(asked(shell, talker, directory.resolve("nobody"))).isNotZero();
    assertThat(directory.resolve("x.said")).content().contains("No such file");
  }

  /** It answers, and would refuse to set a server after the promotion. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_socket_below_admin_says_its_level(List<String> shell) throws Exception {
    String look =
        Script.resource(HaproxyAdapter.class, "balancer.sh")
            + "find_talker() { :; }; see_servers() { :; }; work=$1 subject=none\n"
            + ": >$1/none.servers\n"
            + "report() { echo \"$*\"; }; ask_balancer() { printf '%s\\n"
            + "\\n"
            + "' \"$level\"; }\n"
            + "for level in admin 'Unknown command' operator; do observe_balancer; done";
    assertThat(Sh.saidBy(shell, look, directory).lines())
        .containsExactly("servers ", "servers ", "servers ", "level operator");
  }

  private void answer(ServerSocketChannel server, String answer) {
    try (SocketChannel client = server.accept()) {
      ByteBuffer command = ByteBuffer.allocate(1000);
      while (command.position() == 0 || command.get(command.position() - 1) != '\n') {
        client.read(command);
      }
      Files.write(directory.resolve("command"), Arrays.copyOf(command.array(), command.position()));
      ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        client.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int asked(List<String> shell, String talker, Path socket)
      throws IOException, InterruptedException {
    Path script = directory.resolve("script");
    Files.writeString(
        script,
        Script.resource(EndpointHost.class, "balancer.sh")
            + """
            work=$1 subject=x socket=$2 talker=$(command -v "$3")
            ask_balancer 'set server writes/east-0 state maint;show stat typed'
            exit $?
            """);
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        shell.stream(),
                        Stream.of(
                            script.toString(), directory.toString(), socket.toString(), talker))
                    .toList())
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(Limit.ended(process, 30)).isTrue();
    return process.exitValue();
  }
}
