package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OneStore;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRowsTest {
  private static final String OLD = "06e3fd8fda29bb60";
  private static final String NEW = "86574a9593f8cced";

  private static AtSite site(String name, Observed<StoreProved> proved) {
    return new AtSite(
        new SiteName(name),
        new Observed.Unseen<>(FailureCode.BUG, "not asked"),
        new Observed.Unseen<>(FailureCode.BUG, "not asked"),
        List.of(new OneStore("/evidence", proved)),
        Optional.empty(),
        List.of());
  }

  private static AtSite site(String name, String key, String... trusted) {
    return site(name, new Observed.Seen<>(new StoreProved("/evidence", key, List.of(trusted))));
  }

  private static List<CheckRow> judged(AtSite... sites) {
    CheckRows rows = new CheckRows(List.of());
    new KeyRows(List.of(sites), rows).judge();
    return rows.all();
  }

  @Test
  void sites_that_trust_each_others_keys_are_in_order() {
    assertThat(judged(site("east", NEW, OLD, NEW), site("west", OLD, OLD, NEW)))
        .extracting(row -> row.title() + " | " + row.verdict())
        .containsExactly("east trusted-keys | GOOD", "west trusted-keys | GOOD");
  }

  @Test
  void a_site_that_does_not_trust_anothers_key_is_wrong_before_it_meets_a_document() {
    assertThat(judged(site("east", NEW, OLD, NEW), site("west", OLD, OLD)))
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.title()).isEqualTo("west trusted-keys");
              assertThat(row.seen())
                  .isEqualTo(
                      "trusts " + OLD + "; east seals with " + NEW + ", west seals with " + OLD);
              assertThat(row.remedy()).startsWith("bring the public half of that key there");
            });
  }

  @Test
  void nothing_is_said_of_a_site_that_did_not_answer_or_is_of_an_older_release() {
    AtSite silent =
        site("west", new Observed.Unseen<>(FailureCode.EVIDENCE_UNREADABLE, "it is away"));

    assertThat(judged(site("east", NEW, NEW), silent, site("north", NEW)))
        .extracting(CheckRow::title)
        .containsExactly("east trusted-keys");
  }
}
