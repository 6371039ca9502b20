package io.hiberlet.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SubPathsTest {
  private static final VolumeSpec VOLUME = new VolumeSpec.EmptyDir("v", 1);
  private static final Map<String, String> ENV =
      Map.of("POD", "pod-1", "DEEP", "a//b/", "UP", "../x", "NONE", "", "ROOT", "/x");

  private static String expand(String expression) throws UnresolvedException {
    var mount = new MountSpec("/a", expression, true, VOLUME, false);
    return SubPaths.expand(List.of(mount), ENV).getFirst().subPath();
  }

  @ParameterizedTest
  @CsvSource({
    "$(POD), pod-1",
    "x/$(POD)/$(DEEP), x/pod-1/a/b",
    "$$(POD), $(POD)",
    "x-$(POD), x-pod-1"
  })
  void variablesBecomeNames(String expression, String path) throws Exception {
    assertEquals(path, expand(expression));
  }

  @ParameterizedTest
  @CsvSource({
    "$(ABSENT)/$(NONE), 'missing value for ABSENT, NONE'",
    "$(UP), what it stands for is not below the volume",
    "$(ROOT), what it stands for is not below the volume",
    "a/$(UP), what it stands for is not below the volume"
  })
  void whatLeadsNowhereIsToldWithoutTheValue(String expression, String why) {
    assertEquals(
        "subPathExpr of /a: " + why,
        assertThrows(UnresolvedException.class, () -> expand(expression)).getMessage());
  }

  @Test
  void aPlainSubPathStaysAsItIs() throws Exception {
    var plain = new MountSpec("/a", "$(POD)", false, VOLUME, false);
    assertEquals(List.of(plain), SubPaths.expand(List.of(plain), ENV));
  }
}
