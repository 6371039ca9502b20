//! The controller's log: one line each on standard output, which `kubectl logs` shows. The host
//! keeps the time of each line.

/// Logs something worth knowing.
#[macro_export]
macro_rules! info {
    ($($arg:tt)*) => { println!("INFO  {}", format_args!($($arg)*)) };
}

/// Logs something that went wrong and is dealt with.
#[macro_export]
macro_rules! warn {
    ($($arg:tt)*) => { println!("WARN  {}", format_args!($($arg)*)) };
}

/// Logs something that went wrong for good.
#[macro_export]
macro_rules! error {
    ($($arg:tt)*) => { println!("ERROR {}", format_args!($($arg)*)) };
}
