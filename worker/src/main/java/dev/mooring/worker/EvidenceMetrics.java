package dev.mooring.worker;

import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.Manifest;
import dev.mooring.metrics.EvidenceSamples;
import dev.mooring.metrics.Metric;
import dev.mooring.metrics.ReferenceSamples;
import dev.mooring.metrics.Sample;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.ObserveChain;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.ManifestPublished;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of what runs read and wrote through this worker: each act that succeeded updates them. A
 * metric never comes from what a run meant to do.
 */
final class EvidenceMetrics extends WorkerInterceptorBase {
  private final SeenSamples samples;
  private final StepMetrics steps;
  private final Optional<String> reference;

  /**
   * @param reference the prefix of the reference tool's figures, if they are wanted
   */
  EvidenceMetrics(SeenSamples samples, StepMetrics steps, Optional<String> reference) {
    this.samples = samples;
    this.steps = steps;
    this.reference = reference;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        ActivityOutput output = super.execute(input);
        if (input.getArguments().length > 0) {
          done(input.getArguments()[0], output.getResult());
        }
        return output;
      }
    };
  }

  private void done(Object asked, @Nullable Object answer) {
    if (asked instanceof ObserveEvidence look && answer instanceof EvidenceObserved seen) {
      saw(look.cluster(), seen);
    } else if (asked instanceof EnsureManifest written
        && answer instanceof ManifestPublished published) {
      published(written.manifest(), published);
    } else if (asked instanceof EnsureSiteState advanced) {
      samples.saw(EvidenceSamples.of(advanced.state()));
    } else if (asked instanceof EnsureReceipt written) {
      samples.saw(List.of(EvidenceSamples.of(written.receipt())));
      steps.ended(written.receipt());
    } else if (asked instanceof ObserveChain planned && answer instanceof ChainsObserved seen) {
      samples.saw(toReplay(planned, seen));
    }
  }

  /**
   * Declares that a cluster's evidence is to be read: its time is 0 until an observation succeeds.
   */
  void watches(ClusterName cluster) {
    samples.saw(List.of(Metric.EVIDENCE_READ.at(0, cluster.value())));
  }

  /** The figures of a reading of a cluster's evidence, by any reader. */
  void saw(ClusterName cluster, EvidenceObserved seen) {
    samples.saw(EvidenceSamples.of(cluster, seen, Instant.now()));
    reference.ifPresent(
        prefix -> samples.sawReference(cluster, ReferenceSamples.of(prefix, cluster, seen)));
  }

  private void published(Manifest manifest, ManifestPublished published) {
    String cluster = manifest.header().cluster().value();
    double made = Sample.seconds(manifest.header().createdAt());
    List<Sample> seen = new ArrayList<>();
    if (published.latest().equals(manifest.name())) {
      seen.add(Metric.RESTORE_POINT.at(made, cluster));
    }
    for (ContentProof proof : manifest.proofs()) {
      seen.add(Metric.ARCHIVE_PROOF.at(made, cluster, proof.content().toString()));
    }
    samples.saw(seen);
  }

  private static List<Sample> toReplay(ObserveChain planned, ChainsObserved seen) {
    List<Sample> samples = new ArrayList<>();
    for (Instance instance : planned.on().instances()) {
      seen.chains().stream()
          .filter(chain -> chain.instance().equals(instance.id()))
          .forEach(
              chain ->
                  samples.add(
                      Metric.REPLAY.at(
                          (double) chain.bytesToReplay(),
                          planned.call().cluster().value(),
                          instance.site().value(),
                          instance.content().toString(),
                          instance.id().value())));
    }
    return samples;
  }
}
