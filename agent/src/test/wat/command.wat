;; A WASI command. What it does is said by how many arguments it gets: 1 greets and returns,
;; 2 exits with 3, 3 never ends, 4 to 7 grow their memory until that is refused, and then
;; trap (4), exit with 2 (5), return (6), or trap after a growth that was not refused (7);
;; 8 asks for more than the module's own maximum and traps; 9 sleeps for an hour.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 1000)
  (data (i32.const 16) "hello\n")

  (func $greet
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func $grow_until_refused
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))

  (func $sleep
    ;; one subscription to the monotonic clock, relative
    (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 3600000000000))
    (drop (call $poll_oneoff (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 320))))

  (func (export "_start")
    (local $args i32)
    (drop (call $args_sizes_get (i32.const 32) (i32.const 36)))
    (local.set $args (i32.load (i32.const 32)))
    (if (i32.eq (local.get $args) (i32.const 1)) (then (call $greet) (return)))
    (if (i32.eq (local.get $args) (i32.const 2)) (then (call $proc_exit (i32.const 3))))
    (if (i32.eq (local.get $args) (i32.const 3)) (then (loop $ever (br $ever))))
    (if (i32.eq (local.get $args) (i32.const 8))
      (then (drop (memory.grow (i32.const 2000))) unreachable))
    (if (i32.eq (local.get $args) (i32.const 9)) (then (call $sleep) (return)))
    (call $grow_until_refused)
    (if (i32.eq (local.get $args) (i32.const 5)) (then (call $proc_exit (i32.const 2))))
    (if (i32.eq (local.get $args) (i32.const 6)) (then (return)))
    (if (i32.eq (local.get $args) (i32.const 7)) (then (drop (memory.grow (i32.const 0)))))
    unreachable))
