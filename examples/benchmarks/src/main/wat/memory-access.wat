;; Loops over a memory of 4 MiB. Each makes as many accesses as it is told to; those that read return what depends on all of it.
(module
  (memory (export "memory") 64 64)

  ;; Words of 8 bytes, one after the other, over and over.
  (func (export "read_sequential") (param $accesses i32) (result i64)
    (local $at i32) (local $sum i64)
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (i64.load (i32.and (local.get $at) (i32.const 0x3ffff8)))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1)))))
    (local.get $sum))

  (func (export "write_sequential") (param $accesses i32)
    (local $at i32)
    (loop $next
      (i64.store (i32.and (local.get $at) (i32.const 0x3ffff8)) (i64.extend_i32_u (local.get $accesses)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1))))))

  (func (export "write_bytes") (param $accesses i32)
    (local $at i32)
    (loop $next
      (i32.store8 (i32.and (local.get $at) (i32.const 0x3fffff)) (local.get $accesses))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1))))))

  ;; Words of 8 bytes anywhere.
  (func (export "read_random") (param $accesses i32) (result i64)
    (local $at i32) (local $sum i64)
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (i64.load (call $word (local.get $at)))))
      (local.set $at (call $random (local.get $at)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1)))))
    (local.get $sum))

  (func (export "write_random") (param $accesses i32)
    (local $at i32)
    (loop $next
      (i64.store (call $word (local.get $at)) (i64.extend_i32_u (local.get $accesses)))
      (local.set $at (call $random (local.get $at)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1))))))

  (func (export "change_random") (param $accesses i32)
    (local $at i32) (local $word i32)
    (loop $next
      (local.set $word (call $word (local.get $at)))
      (i64.store (local.get $word) (i64.add (i64.load (local.get $word)) (i64.const 1)))
      (local.set $at (call $random (local.get $at)))
      (br_if $next (local.tee $accesses (i32.sub (local.get $accesses) (i32.const 1))))))

  (func $word (param $number i32) (result i32)
    (i32.and (i32.shr_u (local.get $number) (i32.const 8)) (i32.const 0x3ffff8)))

  ;; A linear congruential generator; its upper bits are the better ones.
  (func $random (param $number i32) (result i32)
    (i32.add (i32.mul (local.get $number) (i32.const 1664525)) (i32.const 1013904223))))
