;; Copies its arguments and environment to standard output, and reports what other calls answer by
;; asking for timers.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)

  (func $report (param $value i64)
    (drop (call $timer (local.get $value))))

  (func $print (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func $subscribe_clock (param $at i32) (param $clock i32) (param $nanos i64) (param $flags i32)
    (i64.store (local.get $at) (i64.const 77))
    (i32.store8 offset=8 (local.get $at) (i32.const 0))
    (i32.store offset=16 (local.get $at) (local.get $clock))
    (i64.store offset=24 (local.get $at) (local.get $nanos))
    (i32.store16 offset=40 (local.get $at) (local.get $flags)))

  (func (export "hiberlet_wake")
    (drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
    (drop (call $args_get (i32.const 1024) (i32.const 2048)))
    (call $print (i32.const 1) (i32.const 2048) (i32.load (i32.const 20)))
    (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
    (drop (call $environ_get (i32.const 1024) (i32.const 2048)))
    (call $print (i32.const 2) (i32.const 2048) (i32.load (i32.const 20)))
    ;; 0: the monotonic clock
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 24)))
    (call $report (i64.load (i32.const 24)))
    ;; 1: the wall clock
    (drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 32)))
    (call $report (i64.load (i32.const 32)))
    ;; 2, 3: random numbers
    (drop (call $random_get (i32.const 40) (i32.const 16)))
    (call $report (i64.load (i32.const 40)))
    (call $report (i64.load (i32.const 48)))
    ;; 4 to 8: descriptors
    (call $report (i64.extend_i32_s (call $fd_close (i32.const 1))))
    (call $report (i64.extend_i32_s (call $fd_close (i32.const 3))))
    (call $report (i64.extend_i32_s (call $fd_renumber (i32.const 2) (i32.const 1))))
    (call $report (i64.extend_i32_s (call $fd_renumber (i32.const 1) (i32.const 9))))
    (call $report (i64.extend_i32_s (call $fd_prestat_get (i32.const 3) (i32.const 56))))
    ;; 9 to 11: a poll for 2 ms on the monotonic clock, and its events
    (call $subscribe_clock (i32.const 4096) (i32.const 1) (i64.const 2000000) (i32.const 0))
    (call $report
      (i64.extend_i32_s
        (call $poll_oneoff (i32.const 4096) (i32.const 8192) (i32.const 1) (i32.const 60))))
    (call $report (i64.extend_i32_s (i32.load (i32.const 60))))
    (call $report (i64.load (i32.const 8192)))
    ;; 12: a poll until the time on the monotonic clock that it had above, which is over
    (call $subscribe_clock
      (i32.const 4096) (i32.const 1) (i64.load (i32.const 24)) (i32.const 1))
    (call $report
      (i64.extend_i32_s
        (call $poll_oneoff (i32.const 4096) (i32.const 8192) (i32.const 1) (i32.const 60))))
    ;; 13: one that leaves the memory
    (call $report
      (i64.extend_i32_s
        (call $poll_oneoff (i32.const -16) (i32.const 8192) (i32.const 1) (i32.const 60))))
    (drop (call $sched_yield))
    ;; Standard output still works.
    (i32.store (i32.const 12288) (i32.const 0x0a6b6f21))
    (call $print (i32.const 1) (i32.const 12288) (i32.const 4))))
