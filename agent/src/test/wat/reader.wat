;; Looks at /etc/config/colour three times a second, and prints as a line what stands there whenever it is something
;; else than before, up to 64 bytes of it.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "etc/config/colour")
  ;; What was printed last, from 3072 on.
  (global $printed (mut i32) (i32.const -1))

  ;; Reads the file to 2048; how many bytes it has. Traps when it cannot be read.
  (func $read (result i32) (local $file i32)
    (if (call $path_open
          (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 17) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32))
      (then (unreachable)))
    (local.set $file (i32.load (i32.const 32)))
    (i32.store (i32.const 16) (i32.const 2048))
    (i32.store (i32.const 20) (i32.const 64))
    (if (call $fd_read (local.get $file) (i32.const 16) (i32.const 1) (i32.const 24))
      (then (unreachable)))
    (drop (call $fd_close (local.get $file)))
    (i32.load (i32.const 24)))

  ;; Whether so many bytes at 2048 are what was printed.
  (func $known (param $length i32) (result i32) (local $i i32)
    (if (i32.ne (local.get $length) (global.get $printed)) (then (return (i32.const 0))))
    (block $same
      (loop $next
        (br_if $same (i32.ge_u (local.get $i) (local.get $length)))
        (if (i32.ne
              (i32.load8_u (i32.add (i32.const 2048) (local.get $i)))
              (i32.load8_u (i32.add (i32.const 3072) (local.get $i))))
          (then (return (i32.const 0))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i32.const 1))

  (func $print (param $length i32)
    (memory.copy (i32.const 3072) (i32.const 2048) (local.get $length))
    (global.set $printed (local.get $length))
    (i32.store8 (i32.add (i32.const 3072) (local.get $length)) (i32.const 10))
    (i32.store (i32.const 0) (i32.const 3072))
    (i32.store (i32.const 4) (i32.add (local.get $length) (i32.const 1)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "hiberlet_wake") (local $length i32)
    (block $drained
      (loop $next
        (br_if $drained (i32.eqz (call $event_next (i32.const 64))))
        (br $next)))
    (local.set $length (call $read))
    (if (i32.eqz (call $known (local.get $length))) (then (call $print (local.get $length))))
    (drop (call $timer (i64.const 333)))))
