//! The tasks.

use hiberlet::{Client, Error};
use std::time::{Duration, Instant, SystemTime};

/// What must survive every sleep.
pub struct Memory {
    /// How many tasks were done.
    pub count: u32,
    /// Of all results.
    pub sum: u32,
    kept: Vec<String>,
    latest: Instant,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { count: 0, sum: 0, kept: Vec::new(), latest: Instant::now() }
    }
}

impl Memory {
    /// Counts a result in.
    pub fn done(&mut self, result: &str) {
        self.count += 1;
        self.sum = checksum(self.sum, result);
    }
}

fn checksum(before: u32, text: &str) -> u32 {
    text.bytes().fold(before, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

/// Does a task.
pub async fn result(client: &Client, memory: &mut Memory, what: &str, with: &str) -> String {
    match what {
        "echo" => with.to_owned(),
        "sleep" => {
            hiberlet::sleep(Duration::from_millis(number(with))).await;
            "slept".to_owned()
        }
        "keep" => {
            memory.kept.push(with.repeat(100));
            memory.kept.len().to_string()
        }
        "kept" => memory.kept.iter().fold(0, |sum, text| checksum(sum, text)).to_string(),
        "get" => get(client, with).await,
        "both" => {
            let (first, second) = with.split_once(' ').unwrap_or((with, ""));
            let answers = (get(client, first), get(client, second));
            let (first, second) = join(answers.0, answers.1).await;
            format!("{first} {second}")
        }
        "monotonic" => {
            let now = Instant::now();
            let forward = now >= memory.latest;
            memory.latest = now;
            if forward { "forward" } else { "back" }.to_owned()
        }
        "wall" => SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs())
            .to_string(),
        "environment" => std::env::var(with).unwrap_or_else(|_| "none".to_owned()),
        "arguments" => std::env::args().collect::<Vec<_>>().join(" "),
        "log" => {
            println!("{with}");
            eprintln!("{with}");
            "logged".to_owned()
        }
        "exit" => std::process::exit(i32::try_from(number(with)).unwrap_or(1)),
        _ => "unknown".to_owned(),
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

async fn get(client: &Client, name: &str) -> String {
    match client.get(name).await {
        Ok(Some(object)) => object.field("data")["value"].as_str().unwrap_or("").to_owned(),
        Ok(None) => "none".to_owned(),
        Err(Error::Host { errno, .. }) => format!("errno {errno}"),
        Err(Error::Api { code, .. }) => format!("status {code}"),
        Err(_) => "nonsense".to_owned(),
    }
}

async fn join<A, B>(a: A, b: B) -> (A::Output, B::Output)
where
    A: std::future::Future,
    B: std::future::Future,
{
    let mut a = Box::pin(a);
    let mut b = Box::pin(b);
    match hiberlet::select(&mut a, &mut b).await {
        hiberlet::Either::Left(first) => (first, b.await),
        hiberlet::Either::Right(second) => (a.await, second),
    }
}
