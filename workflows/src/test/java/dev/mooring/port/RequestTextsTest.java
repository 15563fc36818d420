package dev.mooring.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.Cluster;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each text that a request to a port can have is known, and a new one is to be thought about. */
class RequestTextsTest {
  /**
   * Texts that lead to no command, file or server of their own: the ports quote them, compare them,
   * show them, or only look for what they name.
   */
  private static final Set<String> FREE =
      Set.of(
          // shown to people, or kept in a sealed document
          "ApprovalSignature.keyId",
          "ApprovalSignature.signature",
          "ArchivedWal.sha256",
          "Archiver.lastArchived",
          "Archiver.lastArchivedAt",
          "Archiver.lastFailed",
          "Archiver.lastFailedAt",
          "Asked.by",
          "Asked.clusterFileDigest",
          "Asked.reason",
          "Asked.requestJson",
          "Attempt.current",
          "Call.step",
          "ContentArchive.directory",
          "ContentAttempt.missingWal",
          "ContentAttempt.reached",
          "ContentFloor.source",
          "ContentPresence.notProved",
          "ControlFile.digest",
          "Cut.why",
          "DecisionRecord.about",
          "DecisionRecord.by",
          "DecisionRecord.decision",
          "DecisionRecord.reason",
          "Elsewhere.fileSystem",
          "Elsewhere.trouble",
          "Ending.code",
          "Ending.headline",
          "Ending.outcome",
          "Ending.restorePoint",
          "Fact.name",
          "Fact.value",
          "Header.clusterFileDigest",
          "Manifest.reasons",
          "Message.headline",
          "Message.lines",
          "Message.next",
          "Notice.at",
          "Notice.key",
          "Owner.standbyNames",
          "ParkedInstance.oldestWal",
          "ParkedInstance.point",
          "PlanRecord.digest",
          "PlanRecord.objects",
          "PlanRecord.request",
          "PlanRecord.steps",
          "PowerObserved.said",
          "ProofRecord.subject",
          "RunCommand.setting",
          "RunReference.originalRun",
          "RunReference.runbook",
          "RunReference.scope",
          "RunReference.workflowId",
          "RunsOf.runbook",
          "RunsOf.site",
          "Seen.degraded",
          "SendingRun.link",
          "SendingRun.runId",
          "SendingRun.runbook",
          "SendingRun.workflowId",
          "Sign.words",
          "SiteState.run",
          "StepRecord.result",
          "StepRecord.step",
          "StepRecord.verb",
          "Tablespace.location",
          // a run or a lock of the namespace, which its writer has anyway
          "EnsureConsumer.ending",
          "EnsureConsumer.publishedBy",
          "EnsureConsumer.workflowId",
          "EnsureReaction.incident",
          "EnsureReaction.reason",
          "EnsureReaction.workflowId",
          "Holder.originalRun",
          "Holder.what",
          "Holder.workflowId",
          "ObserveLock.lockId",
          "ObserveMonitoring.workflowId",
          "ObserveService.scheduleIds",
          "ReleaseLock.lockId",
          "ReleaseLock.lockRun",
          "StopRun.why",
          // quoted where they are set, or a parameter of a statement
          "Detach.applications",
          "EnsureSlots.absent",
          "EnsureSlots.present",
          "SetSynchronous.commit",
          "SetSynchronous.names",
          "Upstream.application",
          "Upstream.slot",
          "WatchedSite.standbys",
          // compared with what is there
          "AwaitMember.serverStartedBefore",
          "PauseToSee.marker",
          "StandbyNames.application",
          "StandbyNames.slot",
          "StartStopped.boot",
          // a file is read and compared with another, and no more
          "RefusedWal.directory",
          // looked for
          "HostNeeds.libraries",
          "HostNeeds.locales",
          "ObserveDirectories.places",
          "ObserveSurroundings.files",
          // of the source of a copy; only a directory of PostgreSQL's version is touched below it
          "Elsewhere.location",
          // words of a closed form, by their constructors
          "ClusterName.value",
          "HostName.value",
          "InstanceId.value",
          "RestorePointName.value",
          "ManifestChoice.text",
          "SiteName.value",
          "WalFileName.text");

  /** Those that a rule checks; {@link ClusterEntriesTest} has a row for each. */
  private static final Set<String> CHECKED =
      Set.of(
          "Account.user",
          "Call.run",
          "EnsureAccess.lines",
          "Follow.database",
          "Follow.restoreCommand",
          "NameNobody.run",
          "ObserveAdmission.database",
          "ObservePrimary.archive",
          "OwnSetting.name",
          "OwnSetting.value",
          "RunCommand.template",
          "SecretReference.text",
          "Server.address",
          "SetPrimary.archive",
          "Source.database",
          "Source.restoreCommand",
          "TryFromHost.address",
          "Upstream.host",
          "Wanted.name",
          "Wanted.value");

  @Test
  void each_text_of_a_request_is_an_entry_or_checked_or_leads_nowhere() throws Exception {
    Set<String> texts = new TreeSet<>();
    Set<Class<?>> seen = new HashSet<>();
    for (Class<?> port : Ports.all()) {
      for (Method method : port.getMethods()) {
        for (Type type : method.getGenericParameterTypes()) {
          reach(type, port.getSimpleName() + "." + method.getName(), texts, seen);
        }
      }
    }
    Set<String> known = new TreeSet<>(FREE);
    known.addAll(CHECKED);
    assertThat(texts).isEqualTo(known);
  }

  /** Each kind of value in a cluster file is one that {@link ClusterEntries} knows. */
  @Test
  void the_entries_of_each_cluster_file_can_be_found() {
    reach(Cluster.class, "Cluster", new TreeSet<>(), new HashSet<>());
  }

  /** What names no cluster is judged by none. */
  @Test
  void each_request_that_names_an_entry_names_its_cluster() throws Exception {
    for (Class<?> port : Ports.all()) {
      for (Method method : port.getMethods()) {
        Class<?> request = method.getParameterTypes()[0];
        assertThat(
                ForCall.class.isAssignableFrom(request)
                    || port == RunActivities.class
                    || port == ClusterActivities.class)
            .as(port.getSimpleName() + "." + method.getName())
            .isTrue();
      }
    }
  }

  private static void reach(Type type, String at, Set<String> texts, Set<Class<?>> seen) {
    if (type instanceof ParameterizedType of) {
      assertThat((Class<?>) of.getRawType()).as(at).isAssignableTo(Collection.class);
      for (Type argument : of.getActualTypeArguments()) {
        reach(argument, at, texts, seen);
      }
      return;
    }
    Class<?> one = (Class<?>) type;
    boolean leadsNowhere = one != String.class && ClusterEntries.isPlain(one);
    if (leadsNowhere || ClusterEntries.isEntry(one)) {
      return;
    }
    if (one.isRecord()) {
      if (seen.add(one)) {
        for (RecordComponent component : one.getRecordComponents()) {
          String name = one.getSimpleName() + "." + component.getName();
          reach(component.getGenericType(), name, texts, seen);
        }
      }
    } else if (one.isSealed()) {
      for (Class<?> kind : one.getPermittedSubclasses()) {
        reach(kind, at, texts, seen);
      }
    } else {
      assertThat(one).as(at).isEqualTo(String.class);
      texts.add(at);
    }
  }
}
