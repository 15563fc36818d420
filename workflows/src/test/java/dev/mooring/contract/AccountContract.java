package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.AccountActivities.Dropped;
import dev.mooring.port.AccountActivities.RoleSeen;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role that standbys stream as is made once, on the primary, and dropped once. */
public abstract class AccountContract {
  private static final String PRIMARY = "east-0";
  private static final int ACCOUNT = 3;
  private static final int ACCESS = 4;

  private final Run run = Steps.newRun();

  @TempDir Path directory;

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @AfterEach
  void renew() {
    world().renew();
  }

  protected Account on(String id) {
    RoleSteps steps = new RoleSteps(world());
    return new Account(
        steps.call(run, ACCOUNT),
        world().cluster().policies().database(),
        new Server(steps.instance(id), steps.host(id).access().address()),
        "streams_here",
        new SecretReference("file:" + directory.resolve("password")));
  }

  @Test
  @Tag("all")
  void access_rules_that_the_server_can_not_load_replace_none() {
    RoleSteps steps = new RoleSteps(world());
    EnsureAccess broken =
        new EnsureAccess(steps.call(run, ACCESS), steps.on(PRIMARY), List.of("host nonsense"));
    assertThatThrownBy(() -> world().access(1).ensureAccess(broken))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(FailureCode.HOST_REFUSED.name()));
    assertThat(world().accounts().observeAccount(on(PRIMARY)).unparsedAccess()).isEmpty();
  }

  @Test
  void the_role_is_made_once_and_dropped_once() {
    AccountObserved before = world().accounts().observeAccount(on(PRIMARY));
    assertThat(before.mayMake()).isTrue();
    assertThat(before.role()).isEmpty();

    assertThat(world().accounts().ensureAccount(on(PRIMARY)).changed())
        .contains("role", "password", "rights");
    assertThat(world().accounts().observeAccount(on(PRIMARY)).role())
        .containsExactly(new RoleSeen(true, true, List.of()));
    assertThat(world().accounts().ensureAccount(on(PRIMARY)).changed()).isEmpty();

    assertThat(world().accounts().ensureNoAccount(on(PRIMARY)).dropped())
        .isEqualTo(Dropped.DROPPED);
    assertThat(world().accounts().ensureNoAccount(on(PRIMARY)).dropped()).isEqualTo(Dropped.GONE);
    assertThat(world().accounts().observeAccount(on(PRIMARY)).role()).isEmpty();
  }
}
