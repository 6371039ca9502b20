//! Whether a pod's time has come.

use crate::schedule::Schedule;
use hiberlet::{parse_timestamp, Object};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Annotation of a pod: its own time to live, in seconds, or `never`.
pub const TTL_ANNOTATION: &str = "pod-reaper.hiberlet.io/ttl-seconds";
/// The kubelet's annotation of a static pod's image in the API: deleting it ends nothing.
const MIRROR_ANNOTATION: &str = "kubernetes.io/config.mirror";

/// How long a pod that has ended may stay, and when it is deleted then.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    pub ttl: Duration,
    pub schedule: Schedule,
}

/// What is to happen with a pod.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    DueIn(Duration),
    Delete,
}

impl Policy {
    pub fn judge(&self, pod: &Object, now: SystemTime) -> Verdict {
        let phase = pod.field("status")["phase"].as_str();
        let ended = matches!(phase, Some("Succeeded" | "Failed"));
        if !ended || pod.is_deleting() || pod.annotation(MIRROR_ANNOTATION).is_some() {
            return Verdict::Keep;
        }
        let (ttl, end) = match (self.ttl_of(pod), ended_at(pod)) {
            (Some(ttl), Some(end)) => (ttl, end),
            _ => return Verdict::Keep,
        };
        // A due time past the end of time never comes; a clock set back only makes it later.
        let turn = end.checked_add(ttl).and_then(|due| self.schedule.turn(due, now));
        match turn.map(|turn| turn.duration_since(now)) {
            None => Verdict::Keep,
            Some(Ok(left)) if !left.is_zero() => Verdict::DueIn(left),
            Some(_) => Verdict::Delete,
        }
    }

    /// `None`: for ever. An annotation that makes no sense keeps the pod, for somebody cared.
    fn ttl_of(&self, pod: &Object) -> Option<Duration> {
        match pod.annotation(TTL_ANNOTATION) {
            Some(text) => text.parse().ok().map(Duration::from_secs),
            None if is_of_job(pod) => None,
            None => Some(self.ttl),
        }
    }
}

/// A job counts its ended pods, and removes them by its own `ttlSecondsAfterFinished`.
fn is_of_job(pod: &Object) -> bool {
    items(&pod.field("metadata")["ownerReferences"])
        .any(|owner| owner["kind"] == "Job" && owner["controller"] == true)
}

/// When its last container ended; a pod that never had one (evicted, refused) ended when its
/// status last changed.
fn ended_at(pod: &Object) -> Option<SystemTime> {
    let status = pod.field("status");
    let containers = items(&status["containerStatuses"])
        .chain(items(&status["initContainerStatuses"]))
        .map(|container| &container["state"]["terminated"]["finishedAt"]);
    let conditions = items(&status["conditions"]).map(|condition| &condition["lastTransitionTime"]);
    let created = [&pod.field("metadata")["creationTimestamp"]];
    latest(containers).or_else(|| latest(conditions)).or_else(|| latest(created.into_iter()))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn latest<'a>(times: impl Iterator<Item = &'a Value>) -> Option<SystemTime> {
    times.filter_map(|time| parse_timestamp(time.as_str()?)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod() -> Object {
        Object(json!({
            "metadata": {"name": "a", "creationTimestamp": "2026-11-21T10:00:00Z"},
            "status": {"phase": "Succeeded", "containerStatuses": [
                {"state": {"terminated": {"finishedAt": "2026-11-21T10:00:30Z"}}},
                {"state": {"terminated": {"finishedAt": "2026-11-21T10:01:00Z"}}},
            ]},
        }))
    }

    fn judge(pod: &Object, time: &str) -> Verdict {
        judge_in("", pod, time)
    }

    fn judge_in(window: &str, pod: &Object, time: &str) -> Verdict {
        let schedule = Schedule::parse("", window).unwrap();
        let policy = Policy { ttl: Duration::from_secs(60), schedule };
        policy.judge(pod, parse_timestamp(&format!("2026-11-21T{time}Z")).unwrap())
    }

    #[test]
    fn counts_from_the_end_of_the_last_container() {
        assert_eq!(judge(&pod(), "10:01:20"), Verdict::DueIn(Duration::from_secs(40)));
        assert_eq!(judge(&pod(), "10:02:00"), Verdict::Delete);
        assert_eq!(judge(&pod(), "10:03:00"), Verdict::Delete);
    }

    #[test]
    fn a_pod_that_is_due_waits_for_the_window() {
        let wait = Duration::from_secs(12 * 3600 - 180);
        assert_eq!(judge_in("22:00-05:30", &pod(), "10:03:00"), Verdict::DueIn(wait));
        assert_eq!(judge_in("22:00-05:30", &pod(), "22:00:00"), Verdict::Delete);
    }

    #[test]
    fn keeps_what_has_not_ended_or_is_going_already() {
        for phase in ["Pending", "Running", "Unknown"] {
            let mut running = pod();
            running.0["status"]["phase"] = json!(phase);
            assert_eq!(judge(&running, "23:00:00"), Verdict::Keep);
        }
        let mut deleting = pod();
        deleting.0["metadata"]["deletionTimestamp"] = json!("2026-11-21T10:01:30Z");
        assert_eq!(judge(&deleting, "23:00:00"), Verdict::Keep);
    }

    #[test]
    fn a_pod_may_have_a_time_of_its_own() {
        let mut own = pod();
        own.0["metadata"]["annotations"] = json!({TTL_ANNOTATION: "5"});
        assert_eq!(judge(&own, "10:01:05"), Verdict::Delete);
        for text in ["never", "", "-1", "soon"] {
            own.0["metadata"]["annotations"] = json!({TTL_ANNOTATION: text});
            assert_eq!(judge(&own, "23:00:00"), Verdict::Keep, "{text:?}");
        }
        own.0["metadata"]["annotations"] = json!({TTL_ANNOTATION: u64::MAX.to_string()});
        assert_eq!(judge(&own, "23:00:00"), Verdict::Keep);
    }

    #[test]
    fn a_jobs_pod_is_the_jobs_unless_it_is_annotated() {
        let mut of_job = pod();
        of_job.0["metadata"]["ownerReferences"] = json!([{"kind": "Job", "controller": true}]);
        assert_eq!(judge(&of_job, "23:00:00"), Verdict::Keep);
        of_job.0["metadata"]["annotations"] = json!({TTL_ANNOTATION: "5"});
        assert_eq!(judge(&of_job, "23:00:00"), Verdict::Delete);
    }

    #[test]
    fn a_mirror_pod_stays() {
        let mut mirror = pod();
        mirror.0["metadata"]["annotations"] = json!({MIRROR_ANNOTATION: "x"});
        assert_eq!(judge(&mirror, "23:00:00"), Verdict::Keep);
    }

    #[test]
    fn a_pod_without_containers_ended_when_its_status_changed() {
        let mut evicted = pod();
        evicted.0["status"] = json!({
            "phase": "Failed",
            "reason": "Evicted",
            "conditions": [{"lastTransitionTime": "2026-11-21T10:00:10Z"}],
        });
        assert_eq!(judge(&evicted, "10:01:10"), Verdict::Delete);
        evicted.0["status"] = json!({"phase": "Failed"});
        assert_eq!(judge(&evicted, "10:00:59"), Verdict::DueIn(Duration::from_secs(1)));
    }

    #[test]
    fn a_pod_that_does_not_tell_its_time_stays() {
        let unknown = Object(json!({"status": {"phase": "Failed"}}));
        assert_eq!(judge(&unknown, "23:00:00"), Verdict::Keep);
    }
}
