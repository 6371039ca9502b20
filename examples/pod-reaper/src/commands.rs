//! What `kubectl exec` can ask of the reaper.

use crate::verdict::{Policy, Verdict};
use hiberlet::{wall_clock, Error, Exec, Object, Store};

const HELP: &str = "\
status   the pods that have ended and wait to be deleted
judge    what would happen with the pod that is the input, as JSON
";
const MOST_INPUT: usize = 1 << 20;
const NOT_FOUND: i32 = 127;

/// Carries out one command.
pub async fn run(mut exec: Exec, pods: Store, policy: Policy) -> Result<i32, Error> {
    let words: Vec<String> = exec.arguments().to_vec();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["status"] => exec.write(status(&pods, policy)).await?,
        ["judge"] => {
            let input = exec.read_to_end(MOST_INPUT).await?;
            let pod = serde_json::from_slice(&input)
                .map_err(|error| Error::Protocol(format!("the input is no JSON: {error}")))?;
            exec.write(line(&Object(pod), policy)).await?
        }
        _ => {
            exec.write_error(format!(
                "pod-reaper: unknown command \"{}\"\n{HELP}",
                words.join(" ")
            ))
            .await?;
            return Ok(NOT_FOUND);
        }
    }
    Ok(0)
}

fn status(pods: &Store, policy: Policy) -> String {
    let lines: Vec<String> = pods.all().iter().map(|pod| line(pod, policy)).collect();
    format!("{} pods have ended; ttl {} s\n{}", lines.len(), policy.ttl.as_secs(), lines.concat())
}

fn line(pod: &Object, policy: Policy) -> String {
    let verdict = match policy.judge(pod, wall_clock()) {
        Verdict::Keep => "stays".to_owned(),
        Verdict::DueIn(delay) => format!("is deleted in {} s", delay.as_secs()),
        Verdict::Delete => "is to be deleted now".to_owned(),
    };
    format!("{} {verdict}\n", pod.key())
}
