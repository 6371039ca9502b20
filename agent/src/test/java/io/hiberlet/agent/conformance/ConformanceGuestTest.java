package io.hiberlet.agent.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.conformance.GuestBench.Rest;
import io.hiberlet.agent.conformance.GuestBench.Rests;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Guests of every SDK do what the ABI promises them, however often they sleep. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceGuestTest {
  private static final long SEED = Long.getLong("hiberlet.faults.seed", 7);
  private static final int HIBERNATIONS = 1000;
  private static final int SEEDS = Integer.getInteger("conformance.seeds", 1);
  private static final GuestSettings SETTINGS =
      new GuestSettings(List.of("guest", "two words"), Map.of("HERE", "ünïcode"));

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  private record Case(Task task, String expected) {}

  List<String> languages() throws IOException {
    return ConformanceGuests.languages();
  }

  Stream<Arguments> seeds() throws IOException {
    return languages().stream()
        .flatMap(
            language ->
                LongStream.range(SEED, SEED + SEEDS)
                    .mapToObj(seed -> Arguments.of(language, seed)));
  }

  private static List<Case> cases() {
    return List.of(
        new Case(new Task("echo", "häß → ☃ \"quoted\" \\ \n"), "häß → ☃ \"quoted\" \\ \n"),
        new Case(new Task("echo", ""), ""),
        new Case(new Task("echo", "x".repeat(200_000)), "x".repeat(200_000)),
        new Case(new Task("get", "item"), "value of item"),
        new Case(new Task("get", "missing"), "none"),
        new Case(new Task("get", "broken"), "status 500"),
        new Case(new Task("get", "huge"), "errno 22"),
        new Case(new Task("get", "cut"), "errno 29"),
        new Case(new Task("both", "a b"), "value of a value of b"),
        new Case(new Task("both", "missing a"), "none value of a"),
        new Case(new Task("sleep", "0"), "slept"),
        new Case(new Task("sleep", "20"), "slept"),
        new Case(new Task("keep", "k"), "1"),
        new Case(new Task("keep", "l"), "2"),
        new Case(new Task("monotonic", ""), "forward"),
        new Case(new Task("monotonic", ""), "forward"),
        new Case(new Task("environment", "HERE"), "ünïcode"),
        new Case(new Task("environment", "THERE"), "none"),
        new Case(new Task("arguments", ""), "guest two words"),
        new Case(new Task("log", "a line"), "logged"),
        new Case(new Task("nonsense", ""), "unknown"));
  }

  @BeforeEach
  void forgetOutput() {
    stdout.reset();
    stderr.reset();
  }

  @ParameterizedTest
  @MethodSource("languages")
  void everyTaskHasItsAnswer(String language) throws Exception {
    assertAnswers(language, (between) -> Rest.NONE);
  }

  @ParameterizedTest
  @MethodSource("languages")
  void theSameWithASleepAfterEveryWake(String language) throws Exception {
    assertAnswers(language, (between) -> Rest.SLEEP);
    assertEquals("a line\n", stdout.toString(UTF_8));
    assertEquals("a line\n", stderr.toString(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("languages")
  void theSameWithAnotherHostWheneverNothingIsLost(String language) throws Exception {
    assertAnswers(language, (between) -> between ? Rest.SLEEP_OF_ALL : Rest.SLEEP);
  }

  private void assertAnswers(String language, Rests rests) throws Exception {
    List<Case> cases = cases();
    List<Answer> answers =
        run(language, cases.stream().map(Case::task).toList(), SEED, rests).answers();
    for (int i = 0; i < cases.size(); i++) {
      assertEquals(cases.get(i).expected(), answers.get(i).result(), cases.get(i).task().what());
      assertEquals(i + 1, answers.get(i).count());
    }
    assertEquals(sum(answers), answers.getLast().sum());
  }

  /** As the guest must have computed it. */
  private static long sum(List<Answer> answers) {
    int sum = 0;
    for (Answer answer : answers) {
      for (byte each : answer.result().getBytes(UTF_8)) {
        sum = sum * 31 + (each & 0xff);
      }
    }
    return Integer.toUnsignedLong(sum);
  }

  @ParameterizedTest
  @MethodSource("languages")
  void theWallClockIsReal(String language) throws Exception {
    List<Answer> answers =
        run(language, List.of(new Task("wall", "")), SEED, (between) -> Rest.SLEEP).answers();
    Instant told = Instant.ofEpochSecond(Long.parseLong(answers.getFirst().result()));
    assertTrue(Duration.between(told, Instant.now()).abs().toMinutes() < 5, told.toString());
  }

  @ParameterizedTest
  @MethodSource("languages")
  void anExitEndsIt(String language) {
    var exit =
        assertThrows(
            GuestExitException.class,
            () -> run(language, List.of(new Task("exit", "7")), SEED, (between) -> Rest.SLEEP));
    assertEquals(7, exit.exitCode());
  }

  @ParameterizedTest
  @Tag("faults")
  @MethodSource("seeds")
  void aThousandSleepsInRandomPlacesChangeNothing(String language, long seed) throws Exception {
    List<Task> tasks = random(new SplittableRandom(seed), HIBERNATIONS / 2);
    List<Answer> awake = run(language, tasks, seed, (between) -> Rest.NONE).answers();
    SplittableRandom places = new SplittableRandom(~seed);
    Outcome asleep = run(language, tasks, seed, between -> place(places, between));
    assertEquals(awake, asleep.answers(), "seed " + seed);
    assertTrue(asleep.sleeps() >= HIBERNATIONS, "only %d sleeps".formatted(asleep.sleeps()));
  }

  private static Rest place(SplittableRandom random, boolean betweenRequests) {
    int drawn = random.nextInt(10);
    if (drawn == 0 && betweenRequests) {
      return Rest.SLEEP_OF_ALL;
    }
    return drawn < 9 ? Rest.SLEEP : Rest.NONE;
  }

  private static List<Task> random(SplittableRandom random, int count) {
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String with = "t" + random.nextInt(100);
      tasks.add(
          switch (random.nextInt(8)) {
            case 0 -> new Task("echo", with.repeat(random.nextInt(300)));
            case 1 -> new Task("keep", with);
            case 2 -> new Task("kept", "");
            case 3 -> new Task("get", with);
            case 4 -> new Task("get", "missing");
            case 5 -> new Task("monotonic", "");
            case 6 -> new Task("sleep", Integer.toString(random.nextInt(5)));
            default -> new Task("both", with + " other");
          });
    }
    return tasks;
  }

  private record Outcome(List<Answer> answers, int sleeps) {}

  private Outcome run(String language, List<Task> tasks, long seed, Rests rests) throws Exception {
    var environment = new GuestEnvironment(SETTINGS, List.of(), stdout, stderr, 256 << 20);
    List<TaskServer> servers = new ArrayList<>();
    try (GuestBench bench =
        new GuestBench(
            ConformanceGuests.of(language),
            environment,
            rests,
            later -> {
              TaskServer server = new TaskServer(tasks, new SplittableRandom(seed), later);
              servers.add(server);
              return server;
            })) {
      bench.runUntil(servers.getFirst()::isDone);
      return new Outcome(List.copyOf(servers.getFirst().answers()), bench.sleeps());
    }
  }
}
