package dev.mooring.dev.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonValue;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchPredicates;
import io.temporal.activity.ActivityInterface;
import io.temporal.workflow.WorkflowInterface;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What stands in histories is concrete: no generic type but a list within a record. */
final class Payloads {
  private static final Set<Class<?>> VALUES =
      Set.of(
          String.class,
          Instant.class,
          Duration.class,
          Boolean.class,
          Long.class,
          Integer.class,
          void.class);

  private final Map<Type, String> faults = new LinkedHashMap<>();
  private final Map<Class<?>, String> seen = new LinkedHashMap<>();

  private Payloads() {}

  static List<Rule> all() {
    return List.of(
        new Rule(
            "payloads are concrete records, with lists of such",
            Payloads::concrete,
            "port.LooseActivities"));
  }

  private static ArchRule concrete(String root) {
    return classes()
        .that()
        .areAnnotatedWith(ActivityInterface.class)
        .or()
        .areAnnotatedWith(WorkflowInterface.class)
        .and(ArchPredicates.are(JavaClass.Predicates.resideInAPackage(root + "..")))
        .should(
            new ArchCondition<JavaClass>("have concrete payloads") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                Payloads payloads = of(type.reflect());
                events.add(
                    new SimpleConditionEvent(
                        type,
                        payloads.faults.isEmpty(),
                        type.getName() + " has " + payloads.faults.values()));
              }
            })
        .because("a sealed type within a generic one loses its tag in the history");
  }

  /** Everything that the calls of an interface carry. */
  static Payloads of(Class<?> calls) {
    Payloads payloads = new Payloads();
    for (Method method : calls.getMethods()) {
      String where = method.getName();
      Stream.concat(
              Stream.of(method.getGenericParameterTypes()),
              Stream.of(method.getGenericReturnType()))
          .forEach(type -> payloads.visit(type, where));
    }
    return payloads;
  }

  private void visit(Type type, String where) {
    if (!(type instanceof Class<?> plain)) {
      faults.put(type, where + " carries " + type.getTypeName());
    } else if (seen.putIfAbsent(plain, where) == null && !isValue(plain)) {
      visitParts(plain, where);
    }
  }

  private void visitParts(Class<?> type, String where) {
    if (type.isSealed() && type.isAnnotationPresent(JsonSubTypes.class)) {
      for (Class<?> variant : type.getPermittedSubclasses()) {
        visit(variant, where);
      }
    } else if (type.isRecord()) {
      for (RecordComponent part : type.getRecordComponents()) {
        visitPart(part.getGenericType(), where + "." + part.getName());
      }
    } else {
      faults.put(type, where + " carries " + type.getName());
    }
  }

  private void visitPart(Type type, String where) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      visit(list.getActualTypeArguments()[0], where);
    } else {
      visit(type, where);
    }
  }

  /** Written as one text or number, whatever it is made of. */
  private static boolean isValue(Class<?> type) {
    return type.isPrimitive()
        || type.isEnum()
        || VALUES.contains(type)
        || Stream.of(type.getMethods()).anyMatch(m -> m.isAnnotationPresent(JsonValue.class))
        || Stream.of(type.getDeclaredFields())
            .anyMatch(f -> f.isAnnotationPresent(JsonValue.class));
  }
}
