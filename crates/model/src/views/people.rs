//! Who.

use std::sync::Arc;

use jiff::civil;

use super::{At, view};
use crate::value::Value;

view! {
    /// A person's names on the platforms.
    Identity {
        /// The name on GitHub.
        github: Option<At<Arc<str>>> = field "github",
        /// The name on GitLab.
        gitlab: Option<At<Arc<str>>> = field "gitlab",
        /// The e-mail address.
        email: Option<At<Arc<str>>> = field "email",
        /// Until when the person is away.
        away_until: Option<At<civil::Date>> = field "away-until",
    }
}

view! {
    /// People who own services together.
    Team {
        /// Its members: names, or a directory's group.
        members: Vec<At<Value>> = field "members",
        /// The team that it is on GitHub.
        github: Option<At<Arc<str>>> = field "github",
        /// The group that it is on GitLab.
        gitlab: Option<At<Arc<str>>> = field "gitlab",
    }
}

view! {
    /// People with a part in releases.
    Role {
        /// Those who have it: names, teams, or a directory's group.
        members: Vec<At<Value>> = field "members",
        /// The team that it is on GitHub.
        github: Option<At<Arc<str>>> = field "github",
        /// The group that it is on GitLab.
        gitlab: Option<At<Arc<str>>> = field "gitlab",
    }
}
