;; Opens /etc/config/greeting and prints it in two parts: the first in its first wake, the rest, by
;; the same descriptor, when its timer has woken it.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "etc/config/greeting")
  (data (i32.const 1100) "\0a")
  (global $file (mut i32) (i32.const -1))

  (func $print (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  ;; Reads so many bytes at most and prints them as a line; traps when they cannot be read.
  (func $copy (param $most i32)
    (i32.store (i32.const 16) (i32.const 2048))
    (i32.store (i32.const 20) (local.get $most))
    (if (call $fd_read (global.get $file) (i32.const 16) (i32.const 1) (i32.const 24))
      (then (unreachable)))
    (call $print (i32.const 2048) (i32.load (i32.const 24)))
    (call $print (i32.const 1100) (i32.const 1)))

  (func (export "hiberlet_wake")
    (if (i32.lt_s (global.get $file) (i32.const 0))
      (then
        (if (call $path_open
              (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 19) (i32.const 0)
              (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32))
          (then (unreachable)))
        (global.set $file (i32.load (i32.const 32)))
        (call $copy (i32.const 5))
        (drop (call $timer (i64.const 4000)))
        (return)))
    (block $drained
      (loop $next
        (br_if $drained (i32.eqz (call $event_next (i32.const 64))))
        (call $copy (i32.const 100))
        (br $next)))))
