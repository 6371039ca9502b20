//! What goes round.

use hiberlet::{Error, Resource};

/// A kind of object that a ring can carry.
#[derive(Debug, PartialEq, Eq)]
pub struct Freight {
    pub resource: Resource,
    pub api_version: &'static str,
    pub kind: &'static str,
    /// The field that is copied.
    pub field: &'static str,
}

pub const TEST_RESOURCE: Freight = Freight {
    resource: Resource::new("example.hiberlet.io", "v1", "testresources"),
    api_version: "example.hiberlet.io/v1",
    kind: "TestResource",
    field: "spec",
};

/// For clusters in which nobody may install a CRD.
pub const CONFIG_MAP: Freight = Freight {
    resource: Resource::core("v1", "configmaps"),
    api_version: "v1",
    kind: "ConfigMap",
    field: "data",
};

impl Freight {
    /// The freight of that kind; TestResources when none is named.
    pub fn of_kind(kind: Option<&str>) -> Result<&'static Freight, Error> {
        match kind {
            None | Some("TestResource") => Ok(&TEST_RESOURCE),
            Some("ConfigMap") => Ok(&CONFIG_MAP),
            Some(other) => Err(Error::Config(format!(
                "KIND is {other:?}; a ring carries TestResource or ConfigMap"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_kinds() {
        assert_eq!(Freight::of_kind(None), Ok(&TEST_RESOURCE));
        assert_eq!(Freight::of_kind(Some("ConfigMap")), Ok(&CONFIG_MAP));
        assert!(Freight::of_kind(Some("Secret")).is_err());
    }
}
