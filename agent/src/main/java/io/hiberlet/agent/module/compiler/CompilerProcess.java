package io.hiberlet.agent.module.compiler;

import io.hiberlet.agent.runtime.GuestCompiler;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The program that compiles one module and ends: {@code MODULE ARTIFACT} and the limits. {@link
 * ChildProcessCompiler} starts it, and holds its standard input open for as long as anybody wants
 * the result.
 */
public final class CompilerProcess {
  /** Ends with this one after it has said why on the standard output. */
  static final int REFUSED = 10;

  /** Nobody waits any more. */
  private static final int ABANDONED = 11;

  private static final int FAILED = 12;

  /** Parser and compiler follow the nesting of the module. */
  private static final long STACK_BYTES = 16L << 20;

  private static final Path OOM_SCORE = Path.of("/proc/self/oom_score_adj");

  private CompilerProcess() {}

  /** Never returns. */
  public static void main(String[] arguments) {
    endWithParent();
    volunteerForTheOomKiller();
    new Thread(null, () -> end(arguments), "compiler", STACK_BYTES).start();
  }

  /** The kernel closes the pipe when the parent is gone, however it went. */
  private static void endWithParent() {
    Thread.ofPlatform()
        .daemon()
        .name("parent")
        .start(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("lost the parent: " + e);
              }
              Runtime.getRuntime().halt(ABANDONED);
            });
  }

  /** When the device runs out of memory, this process is the one to go. See proc(5). */
  private static void volunteerForTheOomKiller() {
    try {
      Files.writeString(OOM_SCORE, "1000", StandardOpenOption.WRITE);
    } catch (IOException e) {
      System.err.println("cannot set " + OOM_SCORE + ": " + e);
    }
  }

  private static void end(String[] arguments) {
    int code = FAILED;
    try {
      code = compile(arguments);
    } catch (IOException | RuntimeException | Error e) { // the process ends, whatever it was
      System.err.println(e);
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private static int compile(String[] arguments) throws IOException {
    Path module = Path.of(arguments[0]);
    Path artifact = Path.of(arguments[1]);
    var limits =
        new ModuleLimits(
            Long.parseLong(arguments[2]),
            Long.parseLong(arguments[3]),
            Integer.parseInt(arguments[4]));
    long artifactBytes = Long.parseLong(arguments[5]);
    try (FileChannel file =
            FileChannel.open(artifact, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16)) {
      GuestCompiler.compile(
          Files.readAllBytes(module), limits, new BoundedOutput(out, artifactBytes));
      out.flush();
      file.force(true);
      return 0;
    } catch (BoundedOutput.FullException e) {
      return refuse("compiles to more than the %d bytes that are allowed".formatted(artifactBytes));
    } catch (ModuleRefusedException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
  }

  private static int refuse(String reason) {
    System.out.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
    return REFUSED;
  }
}
