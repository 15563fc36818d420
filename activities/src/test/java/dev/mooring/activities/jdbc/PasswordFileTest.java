package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.jdbc.PasswordFile.Login;
import org.junit.jupiter.api.Test;

class PasswordFileTest {
  private static final Login LOGIN = new Login("db1", 5432, "postgres", "mooring");

  @Test
  void takes_the_first_line_that_matches() {
    PasswordFile file =
        PasswordFile.parse(
            """
            # the operators' own
            db2:5432:postgres:mooring:other
            db1:5432:postgres:mooring:first
            db1:5432:postgres:mooring:second
            """);
    assertThat(file.passwordFor(LOGIN)).contains("first");
  }

  @Test
  void a_star_matches_anything_in_any_field() {
    assertThat(PasswordFile.parse("*:*:*:*:any").passwordFor(LOGIN)).contains("any");
    assertThat(PasswordFile.parse("db1:*:*:mooring:any").passwordFor(LOGIN)).contains("any");
    assertThat(PasswordFile.parse("db2:*:*:*:any").passwordFor(LOGIN)).isEmpty();
  }

  @Test
  void an_escaped_star_is_only_a_star() {
    assertThat(PasswordFile.parse("\\*:*:*:*:any").passwordFor(LOGIN)).isEmpty();
    assertThat(
            PasswordFile.parse("\\*:*:*:*:any").passwordFor(new Login("*", 5432, "postgres", "m")))
        .contains("any");
  }

  @Test
  void a_backslash_takes_colons_and_backslashes_as_they_are() {
    PasswordFile file = PasswordFile.parse("fe80\\:\\:1:5432:postgres:moo\\\\ring:a\\:b\\\\c");
    assertThat(file.passwordFor(new Login("fe80::1", 5432, "postgres", "moo\\ring")))
        .contains("a:b\\c");
  }

  @Test
  void a_password_may_hold_plain_colons_and_spaces() {
    assertThat(PasswordFile.parse("*:*:*:*:a:b c ").passwordFor(LOGIN)).contains("a:b c ");
  }

  @Test
  void a_line_with_too_few_fields_matches_nothing_and_is_counted() {
    PasswordFile file = PasswordFile.parse("\n# c\ndb1:5432:postgres:mooring\n*:*:*:*:good\n");
    assertThat(file.malformed()).containsExactly(3);
    assertThat(file.passwordFor(LOGIN)).contains("good");
  }

  @Test
  void no_password_stands_in_the_text_form() {
    assertThat(PasswordFile.parse("*:*:*:*:hush").toString()).doesNotContain("hush");
  }
}
