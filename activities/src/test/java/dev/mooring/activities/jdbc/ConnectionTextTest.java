package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTextTest {
  @Test
  void passwords_are_hidden_and_the_rest_is_shown() {
    assertThat(
            ConnectionText.masked(
                "host=198.51.100.1 port = 5432 password='a b\\'c' sslpassword=x\\ y user=r"
                    + " oauth_client_secret=x sslmode=verify-full"))
        .isEqualTo(
            "host=198.51.100.1 port=5432 password=(masked) sslpassword=(masked) user=r"
                + " oauth_client_secret=(masked) sslmode=verify-full");
    assertThat(ConnectionText.masked("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://r:secret@198.51.100.1/postgres",
        "host=a password='secret",
        "secret",
        "host=a b'secret'"
      })
  void what_can_not_be_taken_apart_is_hidden_whole(String text) {
    assertThat(ConnectionText.masked(text)).isEqualTo("(masked)");
  }

  @Test
  void a_value_of_any_length_is_parsed() {
    String user = "r\\'".repeat(100_000);
    assertThat(ConnectionText.masked("user='" + user + "' dbname=" + user))
        .isEqualTo("user='" + user + "' dbname=" + user);
  }
}
