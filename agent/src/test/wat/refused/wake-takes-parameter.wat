(module (memory (export "memory") 1) (func (export "hiberlet_wake") (param i32)))
