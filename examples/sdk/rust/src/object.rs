//! Kubernetes objects as JSON.

use crate::api_object::{ApiObject, Identity};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Which object of a kind: its name, and its namespace unless the kind has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The namespace; empty for an object of the whole cluster.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Key {
    /// A key.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Key {
        Key { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// A Kubernetes object of any kind. What is missing reads as empty text or `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Object(pub Value);

impl Object {
    /// Namespace and name.
    pub fn key(&self) -> Key {
        Key::new(self.metadata("namespace"), self.metadata("name"))
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.metadata("name")
    }

    /// The unique id, which a new object of the same name does not share.
    pub fn uid(&self) -> &str {
        self.metadata("uid")
    }

    /// The version that this is, as the API server counts.
    pub fn resource_version(&self) -> &str {
        self.metadata("resourceVersion")
    }

    /// Whether somebody has asked for its deletion.
    pub fn is_deleting(&self) -> bool {
        !self.metadata("deletionTimestamp").is_empty()
    }

    /// A label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.0["metadata"]["labels"][name].as_str()
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.0["metadata"]["annotations"][name].as_str()
    }

    /// A top-level field, as in `spec` or `status`.
    pub fn field(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// Sets a top-level field.
    pub fn set_field(&mut self, name: &str, value: Value) {
        if let Some(fields) = self.0.as_object_mut() {
            fields.insert(name.into(), value);
        }
    }

    fn metadata(&self, name: &str) -> &str {
        self.0["metadata"][name].as_str().unwrap_or_default()
    }
}

impl ApiObject for Object {
    fn identity(&self) -> Identity<'_> {
        Identity {
            namespace: self.metadata("namespace"),
            name: self.name(),
            uid: self.uid(),
            resource_version: self.resource_version(),
        }
    }

    /// Drops who set which field when: the bulk of many objects, and of no use to most controllers.
    fn trim(&mut self) {
        if let Some(metadata) = self.0.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_metadata() {
        let object = Object(json!({"metadata": {
            "namespace": "n", "name": "a", "uid": "u", "resourceVersion": "7",
            "labels": {"l": "1"}, "annotations": {"x.io/y": "2"},
        }}));
        assert_eq!(object.key().to_string(), "n/a");
        assert_eq!((object.uid(), object.resource_version()), ("u", "7"));
        assert_eq!(object.label("l"), Some("1"));
        assert_eq!(object.annotation("x.io/y"), Some("2"));
        assert!(!object.is_deleting());
    }

    #[test]
    fn what_is_missing_is_empty() {
        let object = Object(json!(null));
        assert_eq!(object.key(), Key::new("", ""));
        assert_eq!(object.label("l"), None);
        assert_eq!(object.field("spec"), &Value::Null);
    }

    #[test]
    fn a_key_without_a_namespace_is_a_name() {
        assert_eq!(Key::new("", "node-1").to_string(), "node-1");
    }
}
