// What is shipped, and what it needs.

/// Anything that can be deployed, linked or called.
let deployable = service or library or vendor or infrastructure

/// What is true of one version of a deployable.
kind facts abstract {
  /// A part that others may require, with its version. Several versions of a part may be provided at once: one in range is
  /// enough.
  clause provides repeated {
    /// The part's name.
    positional part name
    /// Its version.
    positional version version
    /// Since when it is provided.
    label since date
    /// How long it stays as it is.
    label stable-for duration or period
  }
  /// A version of a part that will be taken away: until the end of that day it is provided still.
  clause deprecates repeated {
    /// The part's name.
    positional part name
    /// The version.
    positional version version
    /// The last day on which it is there.
    label until date required
  }
  /// Something this version does not work without.
  clause requires repeated {
    /// What is required: a deployable, or one of its parts. Without a part the deployable's own version is meant.
    positional target part(deployable)
    /// The versions that will do.
    positional range range
    /// Only for these versions of this deployable.
    label when range
    /// It may be absent, but must fit where it is present.
    flag optional
    /// It never stands in the way: telemetry, and the like.
    flag weak
  }
}

/// A thing with versions.
kind deployable-thing : facts abstract {
  /// The version this project ships or works with.
  field version version required
  /// The team that answers for it; approvals with `from = owner` ask its members.
  field owner team
  /// The repository it is built from, `owner/name`. One that is not this repository is imported by digest.
  field repo text
  /// The kinds of data it holds.
  field data list(data-class) default []
  /// How its versions are written and counted.
  field version-scheme scheme or version-series or text default semver
  /// Another name of a version.
  clause alias repeated {
    /// The name.
    positional name text
    /// The version it stands for.
    positional version version
  }
  /// How far the versions of two deployables may be apart while both are live. A side that is not written is 0.
  clause skew repeated {
    /// The other one, or `self` for its own versions.
    positional target deployable or itself
    /// How far this one may be behind the other.
    label behind version-distance or unlimited
    /// How far this one may be ahead of the other.
    label ahead version-distance or unlimited
    /// Only for these versions of this deployable.
    label when range
  }
  /// At no level newer than the other one.
  clause never-newer-than repeated {
    /// The other one.
    positional target deployable
  }
  /// Always the same version as the other one.
  clause match repeated {
    /// The other one.
    positional target deployable
  }
  /// When both move in a release, this one begins after the other has finished; turned round when one of them goes down.
  clause after repeated {
    /// The other one.
    positional target deployable
    /// In a downgrade too.
    flag always
    /// Only when these versions of this deployable are deployed.
    label when range
  }
  /// How far one move may go, in both directions.
  clause upgrade {
    /// The distance.
    label by version-distance required
  }
  /// It cannot go back to an older version.
  clause no-downgrade
  /// Versions in between, used only when there is no order without them.
  field releases list(version) default []
  /// Facts of another version than the declared one.
  clause at : facts repeated {
    /// The version.
    positional version version
    /// The versions a move to this one may start from.
    clause only-from {
      /// The versions.
      positional range range
    }
  }
  /// What its deployment takes, from its start until it is done, in the order in which it is written.
  clause uses repeated {
    /// The resource.
    positional resource resource
    /// How much of it; 1 where it is not written.
    label amount count
  }
  /// How its replicas move; it wins over what the rollout says.
  field moves move-kind
  /// When a move can no longer be undone.
  field final finality
  /// Replicas that move on their own.
  clause group repeated {
    /// The group's name.
    positional name name
    /// How many replicas it has.
    field replicas count
    /// It moves after another group.
    clause after repeated {
      /// The other group.
      positional group name
    }
  }
  /// How it is built.
  clause build {
    /// The command.
    field run text
    /// What it makes.
    field output artifact
    /// When it is given up.
    field timeout duration
  }
  /// How it is tested. The reports it leaves are the evidence of gates.
  clause test {
    /// The command.
    field run text
    /// When it is given up.
    field timeout duration
  }
  /// The secrets that it needs where it runs. Its deployment is told where they are kept, in `$CLEARWAY_SECRETS`.
  field secrets list(secret) default []
  /// How it is deployed.
  clause deploy {
    /// The means.
    label with deployer required
  }
  /// A quick look at what runs, after each of its deployments and before anything else goes on. Its failure takes the way back.
  clause smoke repeated {
    /// What it is called.
    positional name name
    /// The command. It gets what it is about as `$CLEARWAY_SERVICE`, `$CLEARWAY_VERSION` and `$CLEARWAY_ENVIRONMENT`.
    field run text required
    /// When it is given up.
    field timeout duration default 5 m
  }
}

/// A program that runs on its own and answers to others.
kind service : deployable-thing project-wide { }

/// Code that is built into services: its declared version is live everywhere.
kind library : deployable-thing project-wide { }

/// Something a third party runs: its declared version is live everywhere.
kind vendor : deployable-thing project-wide {
  /// Its status page: `statuspage("https://…")`. While it tells of trouble, what is deployed waits and is not taken back.
  field status report
  /// The gates of its integration suite: one of them is on the way into production of whatever requires it.
  field integration list(gate) default []
}

/// What services run on: clusters, networks, databases as code.
kind infrastructure : deployable-thing project-wide { }

/// Services that move as one.
kind together {
  /// The services.
  field services list(deployable) required
  /// They are paired by node, pod or colour: half-way, old meets old and new meets new.
  field paired bool default false
}

/// A limit over the live versions of a set of services.
kind limit {
  /// The services.
  field services list(deployable) required
  /// How many versions may be live among them at once.
  field versions count required
}
