;; Changes everything that a state consists of at each wake, and reports it by asking for timers.
;; The start section and the initialiser report 1000 and 2000.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (type $number (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 4096) "the initial image")
  (table $functions 2 funcref)
  (table $nothing 3 externref)
  (elem (table $functions) (i32.const 0) func $double $square)
  (elem declare func $negate $square)
  (global $wakes (mut i32) (i32.const 0))
  (global $long (mut i64) (i64.const 7))
  (global $float (mut f32) (f32.const 1.5))
  (global $double (mut f64) (f64.const 0.1))
  (global $constant i32 (i32.const 42))
  (global $function (mut funcref) (ref.null func))
  (start $boot)

  (func $double (type $number) (i32.mul (local.get 0) (i32.const 2)))
  (func $square (type $number) (i32.mul (local.get 0) (local.get 0)))
  (func $negate (type $number) (i32.sub (i32.const 0) (local.get 0)))

  (func $report (param $value i64)
    (drop (call $timer (local.get $value))))

  (func $boot
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (call $report (i64.const 1000)))

  (func (export "_initialize")
    (call $report (i64.const 2000)))

  (func $sum (result i64)
    (local $at i32) (local $sum i64)
    (loop $more
      (local.set $sum
        (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $more
        (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
    (local.get $sum))

  (func (export "hiberlet_wake")
    (global.set $wakes (i32.add (global.get $wakes) (i32.const 1)))
    (global.set $long (i64.add (i64.mul (global.get $long) (i64.const 3)) (i64.const 1)))
    (global.set $float (f32.mul (global.get $float) (f32.const 1.1)))
    (global.set $double (f64.div (global.get $double) (f64.const 3)))
    ;; Wipes some of the initial image: zeros must survive too.
    (i32.store8 (i32.add (i32.const 4095) (global.get $wakes)) (i32.const 0))
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.mul (global.get $wakes) (i32.const 69000)) (global.get $wakes))
    (drop (table.grow $functions (ref.func $negate) (i32.const 1)))
    (if (i32.eq (global.get $wakes) (i32.const 3))
      (then (table.set $functions (i32.const 0) (ref.null func))))
    (if (i32.eq (global.get $wakes) (i32.const 4))
      (then
        (global.set $function (ref.func $square))
        (table.set $functions (i32.const 0) (global.get $function))))
    (drop (table.grow $nothing (ref.null extern) (i32.const 1)))

    (call $report (i64.extend_i32_s (global.get $wakes)))
    (call $report (global.get $long))
    (call $report (i64.extend_i32_u (i32.reinterpret_f32 (global.get $float))))
    (call $report (i64.reinterpret_f64 (global.get $double)))
    (call $report (i64.extend_i32_s (global.get $constant)))
    (call $report (i64.extend_i32_s (ref.is_null (global.get $function))))
    (call $report (i64.extend_i32_s (ref.is_null (table.get $functions (i32.const 0)))))
    (call $report (i64.extend_i32_s (memory.size)))
    (call $report (i64.extend_i32_s (table.size $functions)))
    (call $report (i64.extend_i32_s (table.size $nothing)))
    (call $report
      (i64.extend_i32_s
        (call_indirect $functions (type $number)
          (global.get $wakes)
          (i32.sub (table.size $functions) (i32.const 1)))))
    (call $report
      (i64.extend_i32_s
        (call_indirect $functions (type $number) (global.get $wakes) (i32.const 1))))
    (call $report (call $sum))))
