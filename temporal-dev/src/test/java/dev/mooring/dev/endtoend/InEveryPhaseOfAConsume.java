package dev.mooring.dev.endtoend;

import dev.mooring.runbook.consume.ConsumeStep;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that is run for each step of a DrConsume at which an undisturbed run can be stopped. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@EnumSource(
    value = ConsumeStep.class,
    names = {
      "READ_STATE",
      "OBSERVE_INSTANCES",
      "CHOOSE_MANIFEST",
      "PROVE_CHAIN",
      "SET_TARGETS",
      "START_ALL",
      "AWAIT_PARKED",
      "PROVE_ALL",
      "ADVANCE"
    })
@interface InEveryPhaseOfAConsume {}
