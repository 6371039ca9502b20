;; A WASI command that prints 16 MiB as fast as it can, in lines of 1,024 bytes, and returns.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $i i32)
    ;; 64 KiB from 65,536 on: 64 lines
    (memory.fill (i32.const 65536) (i32.const 46) (i32.const 65536))
    (loop $line
      (i32.store8 offset=66559 (local.get $i) (i32.const 10))
      (local.set $i (i32.add (local.get $i) (i32.const 1024)))
      (br_if $line (i32.lt_u (local.get $i) (i32.const 65536))))
    (i32.store (i32.const 0) (i32.const 65536))
    (i32.store (i32.const 4) (i32.const 65536))
    (local.set $i (i32.const 0))
    (loop $more
      (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 256))))))
