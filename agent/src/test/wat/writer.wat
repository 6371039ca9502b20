;; Opens /data/log to append to it, and appends "one" in its first wake. When its timer has woken it, it appends
;; "two" by the same descriptor and prints the whole file.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "data/log")
  (data (i32.const 1100) "one\n")
  (data (i32.const 1110) "two\n")
  (global $file (mut i32) (i32.const -1))

  ;; Writes so many bytes to a descriptor; traps when they cannot be written.
  (func $write (param $descriptor i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (if (call $fd_write (local.get $descriptor) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (unreachable))))

  (func $print_file
    (if (call $fd_seek (global.get $file) (i64.const 0) (i32.const 0) (i32.const 40))
      (then (unreachable)))
    (i32.store (i32.const 16) (i32.const 2048))
    (i32.store (i32.const 20) (i32.const 100))
    (if (call $fd_read (global.get $file) (i32.const 16) (i32.const 1) (i32.const 24))
      (then (unreachable)))
    (call $write (i32.const 1) (i32.const 2048) (i32.load (i32.const 24))))

  (func (export "hiberlet_wake")
    (if (i32.lt_s (global.get $file) (i32.const 0))
      (then
        ;; create it if need be; rights to read and to write; append
        (if (call $path_open
              (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 8) (i32.const 1)
              (i64.const 66) (i64.const 0) (i32.const 1) (i32.const 32))
          (then (unreachable)))
        (global.set $file (i32.load (i32.const 32)))
        (call $write (global.get $file) (i32.const 1100) (i32.const 4))
        (drop (call $timer (i64.const 4000)))
        (return)))
    (block $drained
      (loop $next
        (br_if $drained (i32.eqz (call $event_next (i32.const 64))))
        (call $write (global.get $file) (i32.const 1110) (i32.const 4))
        (call $print_file)
        (br $next)))))
