package dev.mooring.worker;

import dev.mooring.runbook.SearchAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the search attributes of runs are registered in the namespace. A run that sets an
 * unregistered attribute would hang for ever, so a worker does not start without them.
 */
final class RegisteredAttributes {
  private static final Logger log = LoggerFactory.getLogger(RegisteredAttributes.class);

  private RegisteredAttributes() {}

  /** Refuses to start, with the command to type, when one is missing or of another type. */
  static void require(WorkflowClient client) {
    String namespace = client.getOptions().getNamespace();
    String address = client.getWorkflowServiceStubs().getOptions().getTarget();
    List<String> wrong = new ArrayList<>();
    StringBuilder command = new StringBuilder("temporal operator search-attribute create");
    command.append(" --address ").append(address).append(" --namespace ").append(namespace);
    try {
      Map<String, IndexedValueType> registered = registered(client, namespace);
      for (SearchAttributeKey<?> key : SearchAttributes.ALL) {
        IndexedValueType type = registered.get(key.getName());
        if (type == null) {
          wrong.add(key.getName() + " is missing");
          command.append(" --name ").append(key.getName());
          command.append(" --type ").append(typeName(key.getValueType()));
        } else if (type != key.getValueType()) {
          wrong.add(
              key.getName()
                  + " is "
                  + typeName(type)
                  + ", must be "
                  + typeName(key.getValueType()));
        }
      }
    } catch (StatusRuntimeException unanswered) {
      mayBeUnanswered(unanswered, namespace);
    }
    if (!wrong.isEmpty()) {
      throw new StartRefused(
          "search attributes of namespace " + namespace + ": " + String.join("; ", wrong),
          "register them: " + command);
    }
  }

  private static Map<String, IndexedValueType> registered(WorkflowClient client, String namespace) {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(client.getWorkflowServiceStubs().getRawChannel())
                .validateAndBuildWithDefaults());
    try {
      return operator
          .blockingStub()
          .listSearchAttributes(
              ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
          .getCustomAttributesMap();
    } finally {
      operator.shutdownNow();
    }
  }

  /** A service that keeps its operators' calls to itself can't be asked; everything else can. */
  private static void mayBeUnanswered(StatusRuntimeException unanswered, String namespace) {
    Status.Code code = unanswered.getStatus().getCode();
    if (code != Status.Code.PERMISSION_DENIED && code != Status.Code.UNIMPLEMENTED) {
      throw new StartRefused(
          "the search attributes of namespace "
              + namespace
              + " can't be read: "
              + unanswered.getStatus(),
          "check the namespace and the Temporal service");
    }
    log.warn(
        "the search attributes of namespace {} can't be read with these credentials ({}); a run"
            + " hangs when one is missing",
        namespace,
        code);
  }

  /** BOOL and KEYWORD as the command line of Temporal spells them. */
  private static String typeName(IndexedValueType type) {
    String name = type.name().replace("INDEXED_VALUE_TYPE_", "");
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
