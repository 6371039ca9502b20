package io.hiberlet.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.node.api.auth.AuthorityFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityFileTest {
  private static final TestAuthority OLD = TestAuthority.create("old");
  private static final TestAuthority NEW = TestAuthority.create("new");

  @TempDir Path folder;

  @Test
  void aFileThatIsReplacedCountsFromTheNextLook() throws Exception {
    Path file = write("ca.crt", OLD);
    AuthorityFile authorities = new AuthorityFile(file);
    assertEquals(List.of(OLD.certificate()), authorities.get());
    Files.move(write("next", NEW), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of(NEW.certificate()), authorities.get());
  }

  @Test
  void aFileThatIsGoneOrDamagedLeavesThoseOfBefore() throws Exception {
    Path file = write("ca.crt", OLD);
    AuthorityFile authorities = new AuthorityFile(file);
    Files.writeString(file, "nothing of the kind");
    assertEquals(List.of(OLD.certificate()), authorities.get());
    Files.delete(file);
    assertEquals(List.of(OLD.certificate()), authorities.get());
    write("ca.crt", NEW);
    assertEquals(List.of(NEW.certificate()), authorities.get());
  }

  @Test
  void atFirstTheFileMustBeThereAndSound() throws Exception {
    Path file = folder.resolve("ca.crt");
    assertEquals(
        "there is no file " + file,
        assertThrows(IOException.class, () -> new AuthorityFile(file)).getMessage());
    Files.writeString(file, "");
    assertEquals(
        file + " holds no certificates in PEM",
        assertThrows(IOException.class, () -> new AuthorityFile(file)).getMessage());
  }

  private Path write(String name, TestAuthority authority)
      throws IOException, CertificateEncodingException {
    String base64 = Base64.getMimeEncoder().encodeToString(authority.certificate().getEncoded());
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
  }
}
