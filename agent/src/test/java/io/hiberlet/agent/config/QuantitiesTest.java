package io.hiberlet.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "64Mi, 67108864",
    "1.5Gi, 1610612736",
    "2k, 2000",
    "500M, 500000000",
    "1Ti, 1099511627776",
    "3G, 3000000000",
    "1T, 1000000000000",
    "8Ki, 8192"
  })
  void readsSizes(String text, long bytes) {
    assertEquals(bytes, Quantities.bytes(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "64MB", "64 Mi", "-1", "Mi", "1e3", "0.5", "999999999999Ti", "64mi", "１"})
  void refusesOtherSizes(String text) {
    assertThrows(IllegalArgumentException.class, () -> Quantities.bytes(text));
  }

  @ParameterizedTest
  @CsvSource({"2, 2000", "0.5, 500", "250m, 250", "1.25, 1250"})
  void readsCpus(String text, long millis) {
    assertEquals(millis, Quantities.cpuMillis(text));
  }

  @ParameterizedTest
  @CsvSource({"10s, 10000", "5m, 300000", "1h30m, 5400000", "250ms, 250", "0s, 0", "1m5s, 65000"})
  void readsTimeSpans(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Quantities.duration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-5s", "5 m", "1d", "5s5", "1.5h"})
  void refusesOtherTimeSpansWithAnExample(String text) {
    assertEquals(
        "'%s' is not a time span such as 10s or 5m".formatted(text),
        assertThrows(IllegalArgumentException.class, () -> Quantities.duration(text)).getMessage());
  }

  @Test
  void writesWhatItReads() {
    for (String size : new String[] {"64Mi", "1Gi", "1000", "0", "3Ki", "2Ti"}) {
      assertEquals(size, Quantities.bytesText(Quantities.bytes(size)));
    }
    for (String span : new String[] {"10s", "5m", "2h", "250ms", "0s", "90s"}) {
      assertEquals(span, Quantities.durationText(Quantities.duration(span)));
    }
  }
}
