package dev.mooring.quoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What can't be carried is refused; what is carried ends where it was meant to end. */
class QuotingTest {

  @Test
  void what_no_language_can_carry_is_refused_in_words() {
    assertThatThrownBy(() -> ShellWord.quote("a\0b")).hasMessageContaining("NUL");
    assertThatThrownBy(() -> SqlText.literal("a\0b")).hasMessageContaining("literal", "NUL");
    assertThatThrownBy(() -> SqlText.identifier("a\0b")).hasMessageContaining("NUL");
    assertThatThrownBy(() -> SqlText.identifier("")).hasMessageContaining("can't be empty");
    for (String text : List.of("a\nb", "a\rb", "a\0b")) {
      assertThatThrownBy(() -> ConfigurationValue.line("restore_command", text))
          .hasMessageContaining("restore_command must be one line");
    }
    for (String text : List.of("a\"b", "$HOME", "`id`", "a\\b", "a\0b")) {
      assertThatThrownBy(() -> ShellWord.inDoubleQuotes(text))
          .hasMessageContaining("in double quotes can't hold");
    }
  }

  /** A name that a server's user chose: it must not move the cursor, nor reorder its line. */
  @Test
  void control_characters_are_shown_on_a_page() {
    assertThat(HtmlText.of("db\u001b[2J \u007f \u009b2J \u202emoc.\r\n\tö"))
        .isEqualTo("db\\u001b[2J \\u007f \\u009b2J \\u202emoc.\\u000d\n\tö");
  }

  @Test
  void a_percent_sign_in_a_directory_is_no_name_of_postgresqls() {
    Site.Archive archive =
        new Site.Archive("/srv/100%free/{content}", "cp \"{archive}/%f\" \"%p\"", List.of());
    assertThat(archive.restoreCommandOf(new ContentId(3)))
        .isEqualTo("cp \"/srv/100%%free/3/%f\" \"%p\"");
  }

  @Property(tries = 500)
  void a_literal_ends_at_its_own_quote(@ForAll String text) {
    String carried = text.replace("\0", "");
    String literal = SqlText.literal(carried).strip();
    String inside = literal.substring(literal.indexOf('\'') + 1, literal.length() - 1);
    assertThat(inside.replace("\\\\", "").replace("''", "")).doesNotContain("'", "\\");
    assertThat(literal.startsWith("E")).isEqualTo(carried.contains("\\"));
  }

  @Property(tries = 500)
  void a_line_of_a_configuration_stays_one(@ForAll String text) {
    String carried = text.replaceAll("[\0\n\r]", "");
    String line = ConfigurationValue.line("restore_command", carried);
    assertThat(line).startsWith("restore_command = '").endsWith("'\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
  }

  @Test
  void a_connection_holds_what_it_was_given() {
    assertThat(
            new ConnectionString()
                .with("host", "e0")
                .with("sslrootcert", "")
                .with("user", "it's \\ me")
                .toString())
        .isEqualTo("host=e0 user='it\\'s \\\\ me'");
    assertThat(ConnectionString.passwordLine("::1", 5432, "streamer", "a:b\\c"))
        .isEqualTo("\\:\\:1:5432:*:streamer:a\\:b\\\\c\n");
    assertThatThrownBy(() -> new ConnectionString().with("user", "a\nb"))
        .hasMessageContaining("user must be one line");
    assertThatThrownBy(() -> ConnectionString.passwordLine("h", 1, "u", "a\nb"))
        .hasMessage("a field of a password file must be one line");
  }
}
