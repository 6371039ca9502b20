;; A scheduler that waits on the idle descriptor, reduced to its calls. An event's first number says
;; for how many milliseconds it would wait then (-1: for ever). Reports, by asking for timers:
;; what reading answers before (AGAIN), how many events a poll without delay has and the kind of the first, what an
;; idle poll has, what reading answers after it, the byte count, and what reading answers then.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "idle_descriptor" (func $idle_descriptor (result i32)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)

  (func $report (param $value i32)
    (drop (call $timer (i64.extend_i32_s (local.get $value)))))

  (func $read (result i32)
    (i32.store (i32.const 0) (i32.const 512))
    (i32.store (i32.const 4) (i32.const 16))
    (i32.store (i32.const 8) (i32.const 0))
    (call $fd_read (call $idle_descriptor) (i32.const 0) (i32.const 1) (i32.const 8)))

  ;; Polls for the descriptor and, unless it is -1, for some milliseconds on the monotonic clock.
  (func $poll (param $millis i32) (result i32)
    (local $count i32)
    (i64.store (i32.const 4096) (i64.const 42))
    (i32.store8 offset=8 (i32.const 4096) (i32.const 1))
    (i32.store offset=16 (i32.const 4096) (call $idle_descriptor))
    (local.set $count (i32.const 1))
    (if (i32.ge_s (local.get $millis) (i32.const 0))
      (then
        (i64.store offset=48 (i32.const 4096) (i64.const 43))
        (i32.store8 offset=56 (i32.const 4096) (i32.const 0))
        (i32.store offset=64 (i32.const 4096) (i32.const 1))
        (i64.store offset=72 (i32.const 4096)
          (i64.mul (i64.extend_i32_u (local.get $millis)) (i64.const 1000000)))
        (i32.store16 offset=88 (i32.const 4096) (i32.const 0))
        (local.set $count (i32.const 2))))
    (drop
      (call $poll_oneoff
        (i32.const 4096) (i32.const 8192) (local.get $count) (i32.const 60)))
    (i32.load (i32.const 60)))

  (func (export "hiberlet_wake")
    (local $millis i32)
    (local.set $millis (i32.const -1))
    (block $drained
      (loop $more
        (br_if $drained (i32.eqz (call $event_next (i32.const 128))))
        (if (i32.load (i32.const 140))
          (then
            (drop (call $event_read (i32.const 256)))
            (local.set $millis (i32.load (i32.const 256)))))
        (br $more)))
    (call $report (i32.add (i32.const 100) (call $fd_fdstat_get (call $idle_descriptor) (i32.const 1024))))
    (call $report (i32.load8_u (i32.const 1024)))
    (call $report (i32.load16_u (i32.const 1026)))
    (call $report (call $read))
    (call $report (call $poll (i32.const 0)))
    (call $report (i32.load8_u offset=10 (i32.const 8192)))
    (call $report (call $poll (local.get $millis)))
    (call $report (i32.load8_u offset=10 (i32.const 8192)))
    (call $report (i32.wrap_i64 (i64.load (i32.const 8192))))
    (call $report (call $read))
    (call $report (i32.load (i32.const 8)))
    (call $report (call $read))
    ;; a poll that finds the guest idle once more, and nobody who reads
    (drop (call $poll (local.get $millis)))))
