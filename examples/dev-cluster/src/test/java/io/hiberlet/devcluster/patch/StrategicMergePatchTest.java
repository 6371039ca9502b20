package io.hiberlet.devcluster.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StrategicMergePatchTest {
  private static JsonObject json(String text) {
    byte[] utf8 = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return Json.parse(utf8).getAsJsonObject();
  }

  private static void assertPatched(String expected, String target, String patch) throws Exception {
    assertEquals(json(expected), StrategicMergePatch.apply(json(target), json(patch)));
  }

  @Test
  void listsOfObjectsMergeByTheirKey() throws Exception {
    assertPatched(
        "{'env':[{'name':'a','value':'2'},{'name':'b','value':'1'},{'name':'c','value':'3'}]}",
        "{'env':[{'name':'a','value':'1'},{'name':'b','value':'1'}]}",
        "{'env':[{'name':'a','value':'2'},{'name':'c','value':'3'}]}");
    assertPatched(
        "{'ports':[{'containerPort':80,'name':'web'}]}",
        "{'ports':[{'containerPort':80}]}",
        "{'ports':[{'containerPort':80,'name':'web'}]}");
  }

  @Test
  void otherListsAreReplaced() throws Exception {
    assertPatched(
        "{'tolerations':[{'key':'b'}],'command':['x']}",
        "{'tolerations':[{'key':'a'}],'command':['a','b']}",
        "{'tolerations':[{'key':'b'}],'command':['x']}");
  }

  @Test
  void elementsAndListsCanBeDeletedAndReplaced() throws Exception {
    assertPatched(
        "{'taints':[{'key':'b'}]}",
        "{'taints':[{'key':'a'},{'key':'b'}]}",
        "{'taints':[{'key':'a','$patch':'delete'},{'key':'none','$patch':'delete'}]}");
    assertPatched(
        "{'taints':[{'key':'c'}]}",
        "{'taints':[{'key':'a'},{'key':'b'}]}",
        "{'taints':[{'$patch':'replace'},{'key':'c'}]}");
    assertPatched("{'m':{'b':'2'}}", "{'m':{'a':'1'}}", "{'m':{'$patch':'replace','b':'2'}}");
  }

  @Test
  void primitivesMergeAndAreDeletedOneByOne() throws Exception {
    assertPatched(
        "{'finalizers':['a','c']}",
        "{'finalizers':['a','b']}",
        "{'finalizers':['c'],'$deleteFromPrimitiveList/finalizers':['b']}");
  }

  @Test
  void keysThatAreNotRetainedGo() throws Exception {
    assertPatched(
        "{'volumes':[{'name':'v','secret':{'secretName':'s'}}]}",
        "{'volumes':[{'name':'v','emptyDir':{}}]}",
        "{'volumes':[{'name':'v','secret':{'secretName':'s'},'$retainKeys':['name','secret']}]}");
  }

  @Test
  void orderIsSetAndNeverStored() throws Exception {
    assertPatched(
        "{'containers':[{'name':'c'},{'name':'a'},{'name':'b'}]}",
        "{'containers':[{'name':'a'},{'name':'b'}]}",
        "{'$setElementOrder/containers':[{'name':'c'},{'name':'a'}],'containers':[{'name':'c'}]}");
  }

  @Test
  void nullRemovesAndMalformedPatchesAreRefused() throws Exception {
    assertPatched("{'b':1}", "{'a':1,'b':1}", "{'a':null}");
    JsonObject target = json("{'env':[]}");
    assertThrows(
        PatchException.class,
        () -> StrategicMergePatch.apply(target, json("{'env':[{'value':'no name'}]}")));
    assertThrows(
        PatchException.class, () -> StrategicMergePatch.apply(target, json("{'$patch':'other'}")));
  }
}
