package dev.mooring.starter.temporal;

import dev.mooring.runbook.SearchAttributes;
import dev.mooring.starter.console.CommandFailure;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The search attributes of runs in a namespace; a run that sets an absent one would hang. */
public final class AttributeRegistration {
  private final TemporalServer server;

  /** The attributes of that server's namespace. */
  public AttributeRegistration(TemporalServer server) {
    this.server = server;
  }

  /** Registers the absent attributes, and returns their names. */
  public List<String> registerAbsent() {
    return asked(
        operator -> {
          List<SearchAttributeKey<?>> absent = keys(operator);
          if (!absent.isEmpty()) {
            AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(server.namespace());
            absent.forEach(key -> request.putSearchAttributes(key.getName(), key.getValueType()));
            operator.blockingStub().addSearchAttributes(request.build());
          }
          return absent.stream().map(SearchAttributeKey::getName).toList();
        });
  }

  private List<SearchAttributeKey<?>> keys(OperatorServiceStubs operator) {
    Map<String, IndexedValueType> there =
        operator
            .blockingStub()
            .listSearchAttributes(
                ListSearchAttributesRequest.newBuilder().setNamespace(server.namespace()).build())
            .getCustomAttributesMap();
    List<SearchAttributeKey<?>> absent = new ArrayList<>();
    for (SearchAttributeKey<?> key : SearchAttributes.ALL) {
      if (!there.containsKey(key.getName())) {
        absent.add(key);
      }
    }
    return absent;
  }

  private <R> R asked(Function<OperatorServiceStubs, R> act) {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(server.stubs().getRawChannel())
                .validateAndBuildWithDefaults());
    try {
      return act.apply(operator);
    } catch (StatusRuntimeException refused) {
      throw CommandFailure.failed(
          "Temporal at "
              + server.address()
              + " does not let its search attributes be managed: "
              + refused.getStatus(),
          "an administrator registers them: temporal operator search-attribute create",
          refused);
    } finally {
      operator.shutdownNow();
    }
  }
}
