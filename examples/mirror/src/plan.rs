//! What is to be done with one copy: decided from what is, without asking anybody.

use hiberlet::Object;
use serde_json::{json, Value};

/// Label of an original: `true` has it mirrored.
pub const MIRRORED: &str = "mirror.hiberlet.io/mirrored";
/// Annotation of an original: the only namespaces to mirror it to, with commas in between.
pub const ONLY_TO: &str = "mirror.hiberlet.io/only-to";
/// Label of a copy: the namespace of its original, which has the same name. Only what carries it is
/// ever changed or deleted.
pub const COPY_OF: &str = "mirror.hiberlet.io/copy-of";

/// All that makes up a ConfigMap or a Secret, but `immutable`: a copy must be able to follow.
const CONTENT: [&str; 3] = ["data", "binaryData", "type"];

/// What is to be done with a copy.
#[derive(Debug, PartialEq)]
pub enum Plan {
    Nothing,
    Create(Object),
    Update(Object),
    Delete,
}

/// What is to become of the copy in the namespace `target`, of which `copy` is known to be ours.
pub fn plan(original: Option<&Object>, copy: Option<&Object>, target: &str) -> Plan {
    let original = original.filter(|object| !object.is_deleting() && goes_to(object, target));
    match (original, copy) {
        (None, None) => Plan::Nothing,
        (None, Some(_)) => Plan::Delete,
        (Some(original), None) => Plan::Create(copy_of(original, target)),
        (Some(original), Some(copy)) if same(original, copy) => Plan::Nothing,
        // The type of a Secret cannot be changed. Its end is told, and it is made anew then.
        (Some(original), Some(copy)) if original.field("type") != copy.field("type") => {
            Plan::Delete
        }
        (Some(original), Some(copy)) => Plan::Update(updated(original, copy)),
    }
}

/// Whether an object is a copy that was made from this namespace.
pub fn is_copy_from(object: &Object, namespace: &str) -> bool {
    object.label(COPY_OF) == Some(namespace)
}

fn goes_to(original: &Object, target: &str) -> bool {
    original
        .annotation(ONLY_TO)
        .map_or(true, |list| list.split(',').any(|namespace| namespace.trim() == target))
}

fn same(original: &Object, copy: &Object) -> bool {
    CONTENT.iter().all(|field| original.field(field) == copy.field(field))
}

fn copy_of(original: &Object, target: &str) -> Object {
    let mut copy = Object(json!({
        "apiVersion": "v1",
        "metadata": {
            "namespace": target,
            "name": original.name(),
            "labels": {COPY_OF: original.key().namespace},
        },
    }));
    take_over(original, &mut copy);
    copy
}

/// Labels and annotations that others gave the copy stay. It carries the copy's `resourceVersion`,
/// so it never undoes what it has not seen.
fn updated(original: &Object, copy: &Object) -> Object {
    let mut updated = copy.clone();
    take_over(original, &mut updated);
    updated
}

fn take_over(original: &Object, copy: &mut Object) {
    for field in CONTENT {
        // `null` is as good as absent.
        if original.field(field) != &Value::Null || copy.field(field) != &Value::Null {
            copy.set_field(field, original.field(field).clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(value: &str) -> Object {
        Object(json!({
            "metadata": {"namespace": "shared", "name": "ca", "labels": {MIRRORED: "true"}},
            "data": {"ca.crt": value},
            "type": "Opaque",
            "immutable": true,
        }))
    }

    fn copy(value: &str) -> Object {
        Object(json!({
            "apiVersion": "v1",
            "metadata": {"namespace": "team-a", "name": "ca", "labels": {COPY_OF: "shared"}},
            "data": {"ca.crt": value},
            "type": "Opaque",
        }))
    }

    #[test]
    fn makes_a_copy_that_is_not_mirrored_itself() {
        assert_eq!(plan(Some(&original("1")), None, "team-a"), Plan::Create(copy("1")));
    }

    #[test]
    fn updates_what_differs_and_keeps_what_others_added() {
        assert_eq!(plan(Some(&original("1")), Some(&copy("1")), "team-a"), Plan::Nothing);
        let mut labelled = copy("1");
        labelled.0["metadata"]["labels"]["theirs"] = json!("x");
        labelled.0["metadata"]["resourceVersion"] = json!("7");
        let mut expected = labelled.clone();
        expected.0["data"]["ca.crt"] = json!("2");
        assert_eq!(plan(Some(&original("2")), Some(&labelled), "team-a"), Plan::Update(expected));
    }

    #[test]
    fn a_field_that_is_gone_goes_from_the_copy() {
        let mut empty = original("1");
        empty.0.as_object_mut().unwrap().remove("data");
        let mut expected = copy("1");
        expected.0["data"] = Value::Null;
        assert_eq!(plan(Some(&empty), Some(&copy("1")), "team-a"), Plan::Update(expected));
    }

    #[test]
    fn a_secret_of_another_type_is_made_anew() {
        let mut tls = original("1");
        tls.0["type"] = json!("kubernetes.io/tls");
        assert_eq!(plan(Some(&tls), Some(&copy("1")), "team-a"), Plan::Delete);
    }

    #[test]
    fn a_copy_goes_with_its_original() {
        assert_eq!(plan(None, Some(&copy("1")), "team-a"), Plan::Delete);
        assert_eq!(plan(None, None, "team-a"), Plan::Nothing);
        let mut deleting = original("1");
        deleting.0["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
        assert_eq!(plan(Some(&deleting), Some(&copy("1")), "team-a"), Plan::Delete);
    }

    #[test]
    fn an_original_may_name_the_only_namespaces() {
        let mut narrow = original("1");
        narrow.0["metadata"]["annotations"] = json!({ONLY_TO: "team-a, team-c"});
        assert!(matches!(plan(Some(&narrow), None, "team-c"), Plan::Create(_)));
        assert_eq!(plan(Some(&narrow), None, "team-b"), Plan::Nothing);
        assert_eq!(plan(Some(&narrow), Some(&copy("1")), "team-b"), Plan::Delete);
    }

    #[test]
    fn knows_its_own() {
        assert!(is_copy_from(&copy("1"), "shared"));
        assert!(!is_copy_from(&copy("1"), "elsewhere"));
        assert!(!is_copy_from(&original("1"), "shared"));
    }
}
