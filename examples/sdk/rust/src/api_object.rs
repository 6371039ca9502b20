//! What all kinds of objects have in common, and types of one's own for them.

use crate::object::Key;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which object this is, and which version of it. What is not known is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The namespace; empty for an object of the whole cluster.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
    /// The unique id, which a new object of the same name does not share.
    pub uid: &'a str,
    /// The version, as the API server counts.
    pub resource_version: &'a str,
}

/// A type for the objects of one kind: [`Object`](crate::Object), which holds any, or one of your
/// own that names the fields which the controller needs. What it does not name is not kept, and
/// does not sleep on disk.
///
/// ```
/// use hiberlet::{ApiObject, Client, Error, Identity, Metadata, Resource};
/// use serde::{Deserialize, Serialize};
/// use std::collections::BTreeMap;
///
/// #[derive(Serialize, Deserialize)]
/// struct ConfigMap {
///     metadata: Metadata,
///     #[serde(default)]
///     data: BTreeMap<String, String>,
/// }
///
/// impl ApiObject for ConfigMap {
///     fn identity(&self) -> Identity<'_> {
///         self.metadata.identity()
///     }
/// }
///
/// const CONFIG_MAPS: Resource = Resource::core("v1", "configmaps").kind("ConfigMap");
///
/// async fn colour(namespace: &str) -> Result<Option<String>, Error> {
///     let client = Client::namespaced(CONFIG_MAPS, namespace).typed::<ConfigMap>();
///     let settings = client.get("settings").await?;
///     Ok(settings.and_then(|settings| settings.data.get("colour").cloned()))
/// }
/// ```
pub trait ApiObject: Serialize + DeserializeOwned + 'static {
    /// Which object this is.
    fn identity(&self) -> Identity<'_>;

    /// Namespace and name.
    fn key(&self) -> Key {
        let Identity { namespace, name, .. } = self.identity();
        Key::new(namespace, name)
    }

    /// Drops what came along and is of no use; called before an object goes into a store.
    fn trim(&mut self) {}
}

/// The metadata of an object of your own type. What is empty is not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// The name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The namespace; empty for an object of the whole cluster.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The unique id. In what is applied: it must be that very object.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// The version. In what is applied or patched: it must still be the current one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// When somebody asked for its deletion, as in `2026-11-21T10:00:00Z`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deletion_timestamp: String,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Metadata {
    /// The metadata of a new object.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Metadata {
        Metadata { namespace: namespace.into(), name: name.into(), ..Metadata::default() }
    }

    /// What [`ApiObject::identity`] asks for.
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            namespace: &self.namespace,
            name: &self.name,
            uid: &self.uid,
            resource_version: &self.resource_version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_it_knows_and_writes_what_is_there() {
        let read: Metadata = serde_json::from_value(json!({
            "name": "a", "resourceVersion": "7", "labels": {"l": "1"}, "managedFields": [{}],
        }))
        .unwrap();
        let expected = Identity { name: "a", resource_version: "7", ..Identity::default() };
        assert_eq!(read.identity(), expected);
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            json!({"name": "a", "resourceVersion": "7", "labels": {"l": "1"}})
        );
    }
}
