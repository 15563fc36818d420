package dev.mooring.runbook.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.NoticePolicy;
import java.util.List;

/**
 * What the next run of a watch needs for its notices.
 *
 * @param channels those of the cluster file, which may be unreadable by then
 * @param sent the last notice of each diagnosis
 */
public record NoticesCarried(
    NoticePolicy channels,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<NoticeSent> sent) {
  public NoticesCarried {
    sent = List.copyOf(sent);
  }
}
