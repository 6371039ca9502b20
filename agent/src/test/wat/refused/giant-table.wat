(module (memory (export "memory") 1) (table 9000000 funcref) (func (export "hiberlet_wake")))
