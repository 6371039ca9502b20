#include <stdlib.h>
#include <string.h>

#include "host.h"

static hb_exec *waiting;

static void echo(hb_exec *exec, void *data, hb_text input) {
  (void)data;
  hb_exec_write(exec, 1, input);
  if (input.length == 0) hb_exec_exit(exec, 7);
}

static void run(hb_exec *exec, int count, char *const *arguments) {
  CHECK(arguments[count] == NULL);
  if (strcmp(arguments[0], "echo") == 0) {
    hb_exec_write(exec, 2, hb_text_of(arguments[1]));
    hb_exec_read(exec, echo, NULL);
  } else {
    waiting = exec;
  }
}

void hb_main(void) { hb_on_exec(run); }

static void command(int64_t operation, const char *words, size_t length) {
  char payload[64] = {0};
  memcpy(payload + 4, words, length);
  happen(operation, EXEC, payload, 4 + length);
}

int main(void) {
  wake();
  exec_room(3);
  exec_input("hello", false);
  command(50, "echo\0a b", 9);
  wake();
  SAME(exec_output(), "a b");
  exec_room(4);
  exec_input("", true);
  happen(50, READY, "", 0);
  wake();
  SAME(exec_output(), "a bhell");
  CHECK(exec_code() == -1);
  exec_room(100);
  happen(50, READY, "", 0);
  wake();
  SAME(exec_output(), "a bhello");
  CHECK(exec_code() == 7);

  /* Its client goes before it comes to its end. */
  command(51, "wait", 5);
  wake();
  fail(51, "whoever gave the command has gone");
  wake();
  hb_exec_write(waiting, 1, hb_text_of("nobody hears it"));
  hb_exec_exit(waiting, 0);
  SAME(exec_output(), "a bhello");
  CHECK(exec_code() == 7);
}
