//! What is to be done with one resource: decided from what is, without asking anybody.

use crate::freight::Freight;
use hiberlet::{Error, Object};
use serde_json::json;

/// Label of a copy: the namespace that it was copied from.
pub const COPIED_FROM: &str = "example.hiberlet.io/copied-from";
/// Label of a copy: the namespace where the resource was made by somebody who is no operator.
pub const ORIGIN: &str = "example.hiberlet.io/origin";

/// What goes from which namespace to which.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    pub freight: &'static Freight,
    pub from: String,
    pub to: String,
}

/// What is to be done with a copy.
#[derive(Debug, PartialEq)]
pub enum Plan {
    Nothing,
    Create(Object),
    Update(Object),
    Delete(Object),
    /// Somebody else's resource is where the copy would go.
    LeaveAlone,
}

impl Route {
    pub fn new(freight: &'static Freight, from: String, to: String) -> Result<Route, Error> {
        if from == to {
            let message = format!("IN_NAMESPACE and OUT_NAMESPACE are both {from}");
            return Err(Error::Config(message));
        }
        Ok(Route { freight, from, to })
    }

    pub fn plan(&self, original: Option<&Object>, copy: Option<&Object>) -> Plan {
        // A resource being deleted is as good as gone; its copy goes along, not after it.
        let original = original.filter(|object| !object.is_deleting());
        match (original, copy) {
            (None, Some(copy)) if self.is_ours(copy) => Plan::Delete(copy.clone()),
            (None, _) => Plan::Nothing,
            (Some(original), _) if origin(original, &self.from) == self.to => Plan::Nothing,
            (Some(original), None) => Plan::Create(self.copy_of(original)),
            (Some(_), Some(copy)) if !self.is_ours(copy) => Plan::LeaveAlone,
            (Some(original), Some(copy)) => self.update(original, copy),
        }
    }

    fn is_ours(&self, copy: &Object) -> bool {
        copy.label(COPIED_FROM) == Some(&self.from)
    }

    fn copy_of(&self, original: &Object) -> Object {
        let mut copy = Object(json!({
            "apiVersion": self.freight.api_version,
            "kind": self.freight.kind,
            "metadata": {
                "namespace": self.to,
                "name": original.name(),
                "labels": {COPIED_FROM: self.from, ORIGIN: origin(original, &self.from)},
            },
        }));
        copy.set_field(self.freight.field, original.field(self.freight.field).clone());
        copy
    }

    /// The update carries the copy's `resourceVersion`, so it never undoes what it has not seen.
    fn update(&self, original: &Object, copy: &Object) -> Plan {
        let field = self.freight.field;
        if copy.field(field) == original.field(field) {
            return Plan::Nothing;
        }
        let mut updated = copy.clone();
        updated.set_field(field, original.field(field).clone());
        Plan::Update(updated)
    }
}

fn origin<'a>(object: &'a Object, namespace: &'a str) -> &'a str {
    object.label(ORIGIN).unwrap_or(namespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freight::{CONFIG_MAP, TEST_RESOURCE};
    use serde_json::Value;

    fn route() -> Route {
        Route::new(&TEST_RESOURCE, "ring-1".into(), "ring-2".into()).unwrap()
    }

    fn resource(namespace: &str, nonce: u32, labels: Value) -> Object {
        Object(json!({
            "apiVersion": "example.hiberlet.io/v1",
            "kind": "TestResource",
            "metadata": {"namespace": namespace, "name": "a", "uid": "u", "resourceVersion": "7", "labels": labels},
            "spec": {"nonce": nonce},
        }))
    }

    fn original(nonce: u32) -> Object {
        resource("ring-1", nonce, json!({}))
    }

    fn copy(nonce: u32) -> Object {
        resource("ring-2", nonce, json!({COPIED_FROM: "ring-1", ORIGIN: "ring-1"}))
    }

    #[test]
    fn creates_a_copy_that_tells_where_it_came_from() {
        let created = match route().plan(Some(&original(1)), None) {
            Plan::Create(object) => object,
            other => panic!("{other:?}"),
        };
        assert_eq!(created.key().to_string(), "ring-2/a");
        assert_eq!(created.field("spec"), &json!({"nonce": 1}));
        assert_eq!(
            (created.label(COPIED_FROM), created.label(ORIGIN)),
            (Some("ring-1"), Some("ring-1"))
        );
        assert_eq!((created.uid(), created.resource_version()), ("", ""));
    }

    #[test]
    fn a_copy_of_a_copy_keeps_the_origin() {
        let passed_on = resource("ring-1", 1, json!({COPIED_FROM: "ring-0", ORIGIN: "ring-0"}));
        let created = match route().plan(Some(&passed_on), None) {
            Plan::Create(object) => object,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (created.label(COPIED_FROM), created.label(ORIGIN)),
            (Some("ring-1"), Some("ring-0"))
        );
    }

    #[test]
    fn the_ring_ends_before_the_origin() {
        let back_again = resource("ring-1", 1, json!({COPIED_FROM: "ring-0", ORIGIN: "ring-2"}));
        assert_eq!(route().plan(Some(&back_again), None), Plan::Nothing);
        let at_origin = resource("ring-2", 0, json!({}));
        assert_eq!(route().plan(Some(&back_again), Some(&at_origin)), Plan::Nothing);
    }

    #[test]
    fn carries_config_maps_too() {
        let route = Route::new(&CONFIG_MAP, "ring-1".into(), "ring-2".into()).unwrap();
        let original = Object(json!({"metadata": {"name": "a"}, "data": {"nonce": "1"}}));
        let created = match route.plan(Some(&original), None) {
            Plan::Create(object) => object,
            other => panic!("{other:?}"),
        };
        assert_eq!(created.field("kind"), "ConfigMap");
        assert_eq!(created.field("data"), original.field("data"));
        assert_eq!(route.plan(Some(&original), Some(&created)), Plan::Nothing);
    }

    #[test]
    fn updates_only_a_spec_that_differs() {
        assert_eq!(route().plan(Some(&original(1)), Some(&copy(1))), Plan::Nothing);
        assert_eq!(route().plan(Some(&original(2)), Some(&copy(1))), Plan::Update(copy(2)));
    }

    #[test]
    fn deletes_its_own_copies_and_no_others() {
        assert_eq!(route().plan(None, Some(&copy(1))), Plan::Delete(copy(1)));
        assert_eq!(route().plan(None, Some(&resource("ring-2", 1, json!({})))), Plan::Nothing);
        let of_another = resource("ring-2", 1, json!({COPIED_FROM: "ring-9"}));
        assert_eq!(route().plan(None, Some(&of_another)), Plan::Nothing);
        assert_eq!(route().plan(None, None), Plan::Nothing);
    }

    #[test]
    fn a_resource_being_deleted_is_as_good_as_gone() {
        let mut deleting = original(1);
        deleting.0["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
        assert_eq!(route().plan(Some(&deleting), Some(&copy(1))), Plan::Delete(copy(1)));
        assert_eq!(route().plan(Some(&deleting), None), Plan::Nothing);
    }

    #[test]
    fn leaves_alone_what_somebody_else_made() {
        let theirs = resource("ring-2", 5, json!({}));
        assert_eq!(route().plan(Some(&original(1)), Some(&theirs)), Plan::LeaveAlone);
    }

    #[test]
    fn refuses_a_route_to_itself() {
        assert!(Route::new(&TEST_RESOURCE, "a".into(), "a".into()).is_err());
    }
}
