;; A WASI command that prints its first argument as a line, and exits with the number that its second one is. In a pod with
;; a volume at /data it prints first what it finds in a file there, and then adds its own line to that.
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "data/notes")

  ;; Writes so many bytes to a descriptor; traps when they cannot be written.
  (func $write (param $descriptor i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (if (call $fd_write (local.get $descriptor) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (unreachable))))

  ;; How long a text is, up to its NUL.
  (func $length (param $text i32) (result i32) (local $end i32)
    (local.set $end (local.get $text))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $text)))

  ;; The number that the digits of a text are.
  (func $number (param $text i32) (result i32) (local $value i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (i32.load8_u (local.get $text))))
        (local.set $value
          (i32.add
            (i32.mul (local.get $value) (i32.const 10))
            (i32.sub (i32.load8_u (local.get $text)) (i32.const 48))))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next)))
    (local.get $value))

  ;; Prints the notes in the volume, if there is one, and adds a line.
  (func $take_note (param $line i32) (param $length i32) (local $notes i32)
    ;; create it if need be; rights to read and to write; append
    (if (call $path_open
          (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 10) (i32.const 1)
          (i64.const 66) (i64.const 0) (i32.const 1) (i32.const 32))
      (then (return)))
    (local.set $notes (i32.load (i32.const 32)))
    (i32.store (i32.const 16) (i32.const 8192))
    (i32.store (i32.const 20) (i32.const 1000))
    (if (call $fd_read (local.get $notes) (i32.const 16) (i32.const 1) (i32.const 24))
      (then (unreachable)))
    (call $write (i32.const 1) (i32.const 8192) (i32.load (i32.const 24)))
    (call $write (local.get $notes) (local.get $line) (local.get $length)))

  (func (export "_start") (local $line i32) (local $length i32)
    ;; pointers from 2048 on, texts from 4096 on
    (if (call $args_get (i32.const 2048) (i32.const 4096)) (then (unreachable)))
    (local.set $line (i32.load (i32.const 2052)))
    (local.set $length (i32.add (call $length (local.get $line)) (i32.const 1)))
    (i32.store8
      (i32.sub (i32.add (local.get $line) (local.get $length)) (i32.const 1))
      (i32.const 10))
    (call $take_note (local.get $line) (local.get $length))
    (call $write (i32.const 1) (local.get $line) (local.get $length))
    (call $proc_exit (call $number (i32.load (i32.const 2056))))))
