//! The pod reaper: deletes pods that have ended (succeeded, failed or evicted) after a while.
//!
//! It is woken when a pod ends and when the next one has its turn, and sleeps the rest of its life.
//! `kubectl exec` asks it what it is about to do.
#![deny(unsafe_code)]

mod commands;
mod schedule;
mod verdict;

use hiberlet::{info, wall_clock};
use hiberlet::{Action, Client, Controller, Error, Informer, Object, Resource, Selector};
use schedule::Schedule;
use std::time::Duration;
use verdict::{Policy, Verdict};

const PODS: Resource = Resource::core("v1", "pods");
/// The API server sends nothing about pods that still run.
const ENDED: &str = "status.phase!=Pending,status.phase!=Running,status.phase!=Unknown";
const DEFAULT_TTL: Duration = Duration::from_secs(3600);

hiberlet::main!(run);

async fn run() -> Result<(), Error> {
    let schedule = Schedule::parse(&optional("EVERY_SECONDS"), &optional("WINDOW"))?;
    let policy = Policy { ttl: ttl()?, schedule };
    let namespace = optional("NAMESPACE");
    info!(
        "deleting the ended pods of {} after {} s",
        if namespace.is_empty() { "all namespaces" } else { &namespace },
        policy.ttl.as_secs()
    );

    let pods = Client::namespaced(PODS, namespace);
    let informer = Informer::new(pods.clone()).select(Selector::all().fields(ENDED));
    let store = informer.store();
    let asked = store.clone();
    hiberlet::on_exec(move |exec| commands::run(exec, asked.clone(), policy));
    Controller::new(informer)
        .run(|key| {
            let pod = store.get(&key);
            let pods = pods.within(&key.namespace);
            async move {
                match pod {
                    Some(pod) => reap(&pod, &pods, policy).await,
                    None => Ok(Action::Done),
                }
            }
        })
        .await;
    info!("stopped");
    Ok(())
}

fn optional(variable: &str) -> String {
    hiberlet::env(variable).unwrap_or_default()
}

fn ttl() -> Result<Duration, Error> {
    match std::env::var("TTL_SECONDS") {
        Ok(text) => text.parse().map(Duration::from_secs).map_err(|_| {
            Error::Config(format!("TTL_SECONDS is {text:?}, not a whole number of seconds"))
        }),
        Err(_) => Ok(DEFAULT_TTL),
    }
}

async fn reap(pod: &Object, pods: &Client, policy: Policy) -> Result<Action, Error> {
    match policy.judge(pod, wall_clock()) {
        Verdict::Keep => Ok(Action::Done),
        Verdict::DueIn(delay) => Ok(Action::RequeueAfter(delay)),
        Verdict::Delete => match pods.delete(pod).await {
            // By now this name belongs to another pod.
            Err(error) if error.is_conflict() => Ok(Action::Done),
            Err(error) => Err(error),
            Ok(()) => {
                let phase = pod.field("status")["phase"].as_str().unwrap_or_default();
                info!("{}: deleted ({phase})", pod.key());
                Ok(Action::Done)
            }
        },
    }
}
