package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Host;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/** Receipts of runs and the state of moored sites in the evidence store. */
@ActivityInterface
public interface ReceiptActivities {

  /**
   * Seals a receipt, chained to the one before, and writes it. Repeated for the same run it finds
   * the written one and returns the same.
   */
  Written ensureReceipt(EnsureReceipt request);

  /** The state a site last advanced to; unreadable state is a failure, never "none". */
  SiteStateRead readSiteState(ReadSiteState request);

  /**
   * Writes a restore point into a site's state, as a whole or not at all. A later state is not
   * replaced; but no lock is held between reading and writing, so a worker that hung in between may
   * replace a newer run's state by an older one. The next run compares the state with the
   * instances, finds that they differ, and proves them anew.
   */
  Written ensureSiteState(EnsureSiteState request);

  /**
   * The request.
   *
   * @param heads hosts that record its number and digest, unless it is of a plan
   */
  record EnsureReceipt(
      Call call,
      EvidencePolicy evidence,
      Receipt receipt,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Host> heads)
      implements ForCall {
    public EnsureReceipt {
      heads = List.copyOf(heads);
    }
  }

  /**
   * The location of a receipt or of a site's state.
   *
   * @param path its path in the store
   * @param sha256 of its bytes
   * @param lacking a sentence for each of several stores that was not reached, and for each host
   *     that recorded a receipt which the store lacks
   */
  record Written(
      String path,
      String sha256,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> lacking) {
    public Written {
      lacking = List.copyOf(lacking);
    }

    /** In every store. */
    public Written(String path, String sha256) {
      this(path, sha256, List.of());
    }

    /** Where the document is, and what is lacking. */
    public String inWords() {
      return lacking.isEmpty() ? path : path + "; " + String.join("; ", lacking);
    }
  }

  record ReadSiteState(Call call, EvidencePolicy evidence, ClusterName cluster, SiteName site)
      implements ForCall {}

  record SiteStateRead(Answer answer) {}

  /** What is known of a site. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Answer.Never.class, name = "never"),
    @JsonSubTypes.Type(value = Answer.Known.class, name = "known")
  })
  sealed interface Answer {

    record Never() implements Answer {}

    /** The state it last advanced to. */
    record Known(SiteState state) implements Answer {}
  }

  record EnsureSiteState(Call call, EvidencePolicy evidence, SiteState state) implements ForCall {}
}
