package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Four servers that do not stream yet, two of which are to follow a standby and the archive. */
abstract class ReplicationSetupStage {
  static Stage stage;
  static Replicated narrows;
  static boolean isSetUp;

  @BeforeAll
  static void raise(@TempDir Path made) throws SQLException, IOException {
    stage =
        new Stage(
            LabPlan.streaming(3)
                .following("west-1", "west-0")
                .following("east-1", "archive")
                .withoutReplication()
                .named("narrows"));
    narrows = new Replicated(stage.lab);
    narrows.superuser("ALTER ROLE mooring SUPERUSER");
    narrows.superuser("ALTER SYSTEM SET log_connections = on");
    narrows.superuser("SELECT pg_reload_conf()");
    narrows.letNobodyStream();
    narrows.serveTls(made);
    stage.amendClusterFile(narrows::wantTls);
    stage.begin();
  }

  /** Clients write in every test; nothing that they were promised is lost. */
  @AfterEach
  void lawsHold() {
    if (isSetUp) {
      stage.assertAll();
    }
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** The cluster file is changed, and its plan approved: what the plan and the setup say. */
  static String setUpOver(String was, String is) {
    stage.amendClusterFile(now -> now.replace(was, is));
    Answer plan = stage.mooring().type("replicate setup narrows --mode plan");
    Answer setup =
        stage.mooring().type("replicate setup narrows --digest " + Replicated.digest(plan.out()));
    assertThat(setup.status()).as(plan.out() + setup.out() + setup.err()).isZero();
    return plan.out() + setup.out();
  }

  static Answer remove() throws Exception {
    Answer shown = stage.mooring().type("replicate remove narrows --mode plan");
    return stage
        .mooring()
        .type(
            "replicate remove narrows --by alice --reason over --digest "
                + Replicated.digest(shown.out()));
  }

  static RawRequest approval(String digest) {
    return Typed.json(
        "{'decision':'approve','by':'bob','reason':'looked at','digest':'" + digest + "'}");
  }

  static String request(String act, String more) {
    return ("{'cluster':'narrows','act':'" + act + "'," + more + ",'by':'alice'}")
        .replace('\'', '"');
  }
}
