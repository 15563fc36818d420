package dev.mooring.runbook;

import dev.mooring.evidence.Receipt.ApprovalSignature;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The questions of a run to people, and their decisions. A run asks one question at a time: whether
 * its plan is approved, or what to do with a step that holds. A decision that does not answer the
 * question is refused with the words that would.
 */
public final class Deciding {
  /** Longer than any database is left without a decision. */
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private static final Duration LOOKS_AGAIN_FIRST = Duration.ofSeconds(15);
  private static final Duration LOOKS_AGAIN_SOON = Duration.ofMinutes(1);
  private static final Duration LOOKS_AGAIN_AT_LEAST = Duration.ofMinutes(15);

  /** After its first hour a hold waits this fraction of its age between two attempts. */
  private static final long OF_THE_HOLD = 60;

  private final RunbookRun run;

  /** The open question. */
  private @Nullable Question open;

  private @Nullable Decision answer;

  /** The persons who attested the loss that the open question is about. */
  private final List<String> attested = new ArrayList<>();

  /** Judges what needs authority, by the cluster file; none before it was read. */
  private @Nullable ApprovalCheck approvals;

  private final List<DecisionRecord> records = new ArrayList<>();

  Deciding(RunbookRun run) {
    this.run = run;
  }

  /** Decisions are judged by these rules from now on. */
  void by(ApprovalCheck rules) {
    approvals = rules;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @return the answer, or null if no person answered in time
   */
  private @Nullable Decision ask(Question question, Duration atMost) {
    return ask(question, atMost, Workflow.newPromise());
  }

  /**
   * The same for a question that may become pointless.
   *
   * @param over completes then
   */
  private @Nullable Decision ask(Question question, Duration atMost, Promise<?> over) {
    open = question;
    answer = null;
    try {
      Workflow.await(atMost, () -> answer != null || over.isCompleted());
    } finally {
      open = null;
    }
    return answer;
  }

  /** Refuses a decision that does not answer the open question. */
  private void refuseUnlessAnswer(Question question, Decision decision) {
    if (!question.words().contains(decision.word())) {
      throw refused(
          "this run waits for %s, got %s"
              .formatted(inWords(question.words()), decision.word().typed()));
    }
    if (decision.word() == Decision.Word.ROLL_BACK && !question.isAttested(decision)) {
      throw refused(
          "roll-back goes back without knowing what became of it, so its reason must begin with '%s',"
                  .formatted(question.attests())
              + " by a person who knows that it is; got '"
              + decision.reason()
              + "'");
    }
    if (decision.word() == Decision.Word.ROLL_BACK) {
      refuseUnlessAttests(question, decision);
    }
    if (decision.word() == Decision.Word.APPROVE) {
      refuseUnlessApproves(question, decision);
    }
  }

  private void refuseUnlessAttests(Question question, Decision decision) {
    if (question.persons() > 1 && ApprovalCheck.isOneOf(attested, decision.by())) {
      throw refused(decision.by() + " attested it already, another person must attest it too");
    }
    question.signature(decision);
  }

  private static void refuseUnlessApproves(Question question, Decision decision) {
    if (!Plan.isMeant(decision.digest(), question.about())) {
      throw refused(
          Plan.isTooShort(decision.digest())
              ? tooShort(decision.digest(), question.about())
              : String.format(
                  "an approval binds to the digest of the plan it approves: this run's plan is %s,"
                      + " got '%s'",
                  question.about(), decision.digest()));
    }
    if (ApprovalCheck.isOneOf(question.unlessBy(), decision.by())) {
      throw refused(
          decision.by()
              + " asked for this run, or approved it, another person must approve it"
              + (question.mayStartAgain()
                  ? "; or start it with the digest of a plan that was reviewed"
                  : ""));
    }
    if (!question.overriding().isEmpty() && decision.reason().isBlank()) {
      throw refused(
          String.format(
              "an approval of this plan overrides %s and needs a reason",
              String.join(", ", question.overriding())));
    }
    question.signature(decision);
  }

  private static String tooShort(String typed, String plan) {
    return String.format(
        "an approval needs the plan's digest, its first %d characters or more; got '%s', this run's"
            + " plan is %s",
        Plan.SHORTEST_DIGEST, typed, plan);
  }

  static ApplicationFailure refused(String sentence) {
    return ApplicationFailure.newNonRetryableFailure(sentence, FailureCode.BAD_INPUT.name());
  }

  /** Refuses a decision that this run can't take now. */
  void refuse(Decision decision) {
    Question question = open;
    switch (decision.word()) {
      case ROLL_BACK, GIVE_UP -> {
        if (question != null && answers(question, decision)) {
          refuseUnlessAnswer(question, decision);
        } else if (run.goesForwardOnly()) {
          throw refused(
              "the point of no return lies behind, this run only goes forward; got "
                  + decision.word().typed());
        }
      }
      case APPROVE, REJECT, RETRY -> {
        if (question == null) {
          throw refused(
              "this run waits for no decision; only roll-back or give-up would stop it, got "
                  + decision.word());
        }
        refuseUnlessAnswer(question, decision);
      }
    }
  }

  private static boolean answers(@Nullable Question question, Decision decision) {
    return question != null && question.words().contains(decision.word());
  }

  /** Takes a decision. */
  String take(Decision decision, Plan plan) {
    refuse(decision);
    Question question = open;
    if (question != null && answers(question, decision)) {
      DecisionRecord taken =
          question
              .approvals()
              .filter(check -> question.needsAuthority(decision))
              .map(
                  check ->
                      approval(decision, question.about(), check, question.signature(decision)))
              .orElseGet(() -> record(decision, question.about()));
      records.add(taken);
      if (decision.word() == Decision.Word.ROLL_BACK) {
        attested.add(decision.by());
        if (attested.size() < question.persons()) {
          return decision.word().typed()
              + ", as "
              + taken.byWithSignature()
              + " attested; another person must attest it too";
        }
      }
      open = null;
      answer = decision;
      return decision.word().typed() + ", as " + taken.byWithSignature() + " decided";
    }
    records.add(record(decision, plan.digest()));
    run.stop(decision);
    return "stopping, as " + decision.by() + " decided";
  }

  private static DecisionRecord record(Decision decision, String about) {
    return new DecisionRecord(
        decision.word().typed(), about, decision.by(), decision.reason(), RunbookRun.now());
  }

  private static DecisionRecord approval(
      Decision decision, String plan, ApprovalCheck check, List<ApprovalSignature> signature) {
    return new DecisionRecord(
        decision.word().typed(),
        plan,
        decision.by(),
        decision.reason(),
        RunbookRun.now(),
        signature,
        check.marksUnsigned(signature));
  }

  /**
   * Waits until a person approves the plan. If the request has the digest of a plan, or enough of
   * it, that is the requester's approval; another digest is refused. Where only a signature
   * approves, the digest is no approval, and the requester, who read it, may give hers.
   *
   * @param plan the plan to approve
   * @param brings the approval that the request brings
   * @param check judges approvals
   * @param pointless begins to observe whether the approval becomes pointless, and then completes
   *     with the end of the run; called only if the run waits for a person
   */
  void approved(
      Plan plan, Approval brings, ApprovalCheck check, Supplier<Promise<RunbookStop>> pointless) {
    String digest = brings.digest();
    String by = brings.by();
    if (!digest.isEmpty() && !Plan.isMeant(digest, plan.digest())) {
      throw RunbookStop.refused(
          FailureCode.PLAN_CHANGED,
          String.format(
              "the request approves plan %s; what would be done now is plan %s: %s",
              digest, plan.digest(), String.join("; ", plan.objects())));
    }
    boolean counts = check.isApproval(brings);
    if (counts) {
      Decision decision = new Decision(Decision.Word.APPROVE, digest, by, brings.reason());
      records.add(
          brings.byTheFile()
              ? record(decision, plan.digest())
              : approval(decision, plan.digest(), check, List.of()));
    }
    int missing = RunContext.refuseUnless(check.missing(brings, plan.digest()));
    if (missing > 0) {
      List<String> unlessBy = new ArrayList<>(check.unlessBy(brings));
      Promise<RunbookStop> over = pointless.get();
      List<Decision> approvals = new ArrayList<>();
      for (; missing > 0; missing--) {
        Decision approval = approvedBy(plan, brings, check, over, unlessBy);
        approvals.add(approval);
        unlessBy.add(approval.by());
      }
      approvals.forEach(one -> overridden(brings.overriding(), one.by(), one.reason()));
    }
  }

  private Decision approvedBy(
      Plan plan,
      Approval brings,
      ApprovalCheck check,
      Promise<RunbookStop> over,
      List<String> unlessBy) {
    List<String> rules = brings.overriding();
    String next =
        String.format(
            "mooring approve %s --digest %s --reason WHY",
            Workflow.getInfo().getWorkflowId(), plan.digest());
    run.waits(waits(plan, brings, check, unlessBy) + ": `" + next + "`", unlessBy, next);
    boolean mayStartAgain = brings.digest().isEmpty() && approvers(plan.digest()).isEmpty();
    Question question = Question.approval(plan, unlessBy, mayStartAgain, rules, check);
    Decision decision = ask(question, brings.within(), over);
    run.view.answered();
    if (decision == null && over.isCompleted()) {
      RunbookStop stop = over.get();
      run.needsNoApproval(plan.digest(), stop.reason());
      throw stop;
    }
    if (decision == null) {
      throw RunbookStop.refused(
          FailureCode.APPROVAL_EXPIRED,
          String.format(
              "no %sperson approved plan %s within %s",
              approvers(plan.digest()).isEmpty() ? "" : "second ",
              plan.digest(),
              DurationText.of(brings.within())));
    }
    if (decision.word() == Decision.Word.REJECT) {
      throw RunbookStop.refused(
          FailureCode.REJECTED, decision.by() + " rejected the plan" + because(decision));
    }
    return decision;
  }

  private String waits(Plan plan, Approval brings, ApprovalCheck check, List<String> unlessBy) {
    boolean signed = check.refusesUnsigned();
    List<String> given = approvers(plan.digest());
    List<String> rules = brings.overriding();
    return String.format(
        "%s of plan %s%s%s%s%s%s",
        signed ? "waits for a signed approval" : "waits for an approval",
        plan.digest(),
        brings.persons() == 1
            ? ""
            : given.isEmpty() ? " by " + brings.persons() + " persons" : " by a second person",
        brings.persons() == 1 || unlessBy.isEmpty()
            ? ""
            : " other than " + String.join(", ", unlessBy),
        signed ? " (approvers: " + String.join(", ", check.signers(unlessBy)) + ")" : "",
        rules.isEmpty() ? "" : ", which overrides " + String.join(", ", rules),
        given.isEmpty() ? "" : "; approved by " + String.join(", ", given));
  }

  private static String because(Decision decision) {
    return decision.reason().isEmpty() ? "" : ": " + decision.reason();
  }

  /** Records for the receipt which rules were overridden by name, each once for a person. */
  public void overridden(List<String> rules, String by, String reason) {
    for (String rule : rules) {
      if (records.stream().noneMatch(record -> record.isOverrideOf(rule, by))) {
        records.add(
            new DecisionRecord(DecisionRecord.OVERRIDE, rule, by, reason, RunbookRun.now()));
      }
    }
  }

  /** See {@link Steps#untilDone(Step, Supplier, Supplier, Supplier)}; the step is the run's own. */
  <T> T untilDone(Step step, Supplier<String> stands, Supplier<Hold> holds, Supplier<T> act) {
    String held = "";
    Question asked = null;
    long began = Workflow.currentTimeMillis();
    for (Duration next = LOOKS_AGAIN_FIRST; ; next = longer(next, began)) {
      Explained why;
      boolean silent;
      try {
        T done = answeredMeanwhile(asked, act);
        if (!held.isEmpty()) {
          run.goesOn(step);
        }
        return done;
      } catch (TemporalFailure e) {
        why = Explained.of(e);
        if (why.code() == FailureCode.CANCELLED) {
          throw e;
        }
        silent = Explained.isHostSilent(e);
      } catch (RunbookStop e) {
        why = new Explained(e.code(), e.reason());
        silent = Explained.isSilence(e.code());
      }
      Hold hold = holds.get();
      Hold now = silent ? hold : hold.nobodyLost();
      asked = asked(question(now, step.name()), asked);
      String sentence = holds(step, stands.get(), now, why, asked);
      if (!sentence.equals(held)) {
        run.holds(step, sentence);
        held = sentence;
      }
      Decision decision =
          answered(asked, hold.looksAgain() ? hold.within(next, since(began)) : FOR_EVER);
      if (decision != null || !hold.looksAgain() || hold.isOver(since(began))) {
        run.goesOn(step);
        held = "";
        endUnlessRetried(step, decision, stands.get(), why);
      }
    }
  }

  /**
   * Who attested a loss while another was in question, or before the instance answered, did not.
   */
  private Question asked(Question now, @Nullable Question before) {
    if (before == null || !before.attests().equals(now.attests())) {
      attested.clear();
    }
    return now;
  }

  private static Duration since(long began) {
    return Duration.ofMillis(Workflow.currentTimeMillis() - began);
  }

  /** Retries the act while the question stays open: an attempt may take minutes. */
  private <T> T answeredMeanwhile(@Nullable Question asked, Supplier<T> act) {
    open = asked;
    answer = null;
    try {
      return act.get();
    } finally {
      open = null;
    }
  }

  /** A loss that was attested during an attempt may be that of another instance by now. */
  private static boolean isAnswer(Question question, Decision came) {
    return question.words().contains(came.word())
        && (came.word() != Decision.Word.ROLL_BACK || question.isAttested(came));
  }

  /** The answer that came during the attempt, if it answers this question; else the next one. */
  private @Nullable Decision answered(Question question, Duration atMost) {
    Decision came = answer;
    if (came != null && isAnswer(question, came)) {
      return came;
    }
    if (came != null) {
      attested.clear();
    }
    return ask(question, atMost);
  }

  /**
   * Twice the last wait, up to a minute in the first hour; later a sixtieth of the hold's age: a
   * hold of weeks must not fill the run's history.
   */
  private static Duration longer(Duration wait, long began) {
    Duration part = since(began).dividedBy(OF_THE_HOLD);
    Duration soon = DurationText.twice(wait, LOOKS_AGAIN_SOON);
    return DurationText.shorter(part.compareTo(soon) > 0 ? part : soon, LOOKS_AGAIN_AT_LEAST);
  }

  private static String attests(Hold hold) {
    return hold.lost() + " is lost: ";
  }

  private Question question(Hold hold, String about) {
    return hold.lost().isEmpty()
        ? Question.hold(
            about, List.of(Decision.Word.RETRY, Decision.Word.GIVE_UP), "", Optional.empty())
        : Question.hold(
            about,
            List.of(Decision.Word.RETRY, Decision.Word.ROLL_BACK, Decision.Word.GIVE_UP),
            attests(hold),
            Optional.ofNullable(approvals));
  }

  private static String holds(Step step, String stands, Hold hold, Explained why, Question asked) {
    String id = Workflow.getInfo().getWorkflowId();
    String lost =
        hold.lost().isEmpty()
            ? ""
            : String.format(
                ", or `mooring roll-back %s --reason WHY%s`%s once it can never come back (powered"
                    + " off, or its data destroyed), WHY being '%s' and how that is known",
                id,
                asked.isSigned() ? " --by NAME --key FILE" : "",
                asked.persons() > 1 ? " by " + asked.persons() + " persons" : "",
                attests(hold));
    return String.format(
        "%s can't go on: %s (%s). %s. Next: %s`mooring retry %s --reason WHY` once it is fixed%s,"
            + " or `mooring give-up %s --reason WHY`",
        step.name(),
        why.sentence(),
        why.code().hint(),
        stands,
        hold.looksAgain()
            ? "No action needed if it resolves: it is checked again automatically"
                + hold.atMost()
                    .map(most -> ", until the run ends after " + DurationText.of(most))
                    .orElse("")
                + "; "
            : "",
        id,
        lost,
        id);
  }

  private void endUnlessRetried(
      Step step, @Nullable Decision decision, String stands, Explained why) {
    attested.clear();
    if (decision == null || decision.word() == Decision.Word.GIVE_UP) {
      throw RunbookStop.stuck(
          why.code(),
          String.format(
              "%s was given up%s: %s. %s",
              step.name(),
              decision == null ? " without a person" : " by " + decision.by() + because(decision),
              why.sentence(),
              stands));
    }
    if (decision.word() == Decision.Word.ROLL_BACK) {
      throw RunbookStop.rolledBack(
          why.code(),
          String.format(
              "as %s attested, %s (%s)", decision.by(), decision.reason(), why.sentence()));
    }
  }

  /** The persons who approved a plan of that digest in this run, and how they signed. */
  public List<String> approvers(String digest) {
    return records.stream()
        .filter(record -> record.isApprovalOf(digest))
        .map(DecisionRecord::byWithSignature)
        .toList();
  }

  List<DecisionRecord> records() {
    return List.copyOf(records);
  }

  private static String inWords(List<Decision.Word> words) {
    return String.join(", ", words.stream().map(Decision.Word::typed).toList());
  }
}
