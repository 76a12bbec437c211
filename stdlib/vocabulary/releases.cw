// Who must agree, how a version comes in, and what is shipped.

/// Who must agree, in order.
kind approval {
  /// A step of the chain.
  clause step tightens up repeated {
    /// Its name.
    positional name name
    /// The people who may agree.
    field from team or role or owning required
    /// How many different people must.
    field need count tightens up default 1
    /// How long they have.
    field within duration or period
    /// Who is asked when they do not answer.
    field escalate team or role or person
    /// Only then is it asked; otherwise the step records why not.
    field when condition
    /// Gates that must have passed before anybody is asked: the stages that use the chain get them.
    field requires list(gate) tightens up default []
  }
  /// Duties that one person may not have together.
  clause separate tightens up {
    /// The duties.
    positional duties list(duty) tightens up
  }
}

/// How a new version comes into an environment. Those of `std.rollouts` are there to be extended.
kind rollout {
  /// Whether old and new versions serve together.
  field overlap bool default true
  /// A share of the traffic, and how long it stays there.
  clause step repeated replaces {
    /// The share.
    positional share percent
    /// How long it is held and watched.
    label hold duration
  }
  /// A condition that must hold while the rollout is under way.
  clause watch tightens up repeated {
    /// The condition.
    positional condition condition
    /// The time over which it is measured.
    label over duration
  }
  /// What happens when a watched condition does not hold.
  field on-breach breach-action default rollback
}

/// What is shipped, through which stages. With `change`, `requested-by` or versions left open it is a process: its pipeline
/// takes them as inputs.
kind release {
  /// The change request.
  field change text
  /// The class of the change.
  field class change-class default normal
  /// Who asked for it.
  field requested-by person
  /// The milestone it must meet.
  field milestone milestone
  /// Environments of its stages that must have a time in common in which a deployment may start in each: regions that are changed at
  /// once.
  field common-slot list(environment) default []
  /// The tag that the commit of each run must have. `{}` stands for the version of the infrastructure that is shipped: what runs and
  /// what it runs on are tagged as one.
  field tag text
  /// What is shipped.
  clause ship repeated {
    /// The service, library, vendor or infrastructure.
    positional service deployable
    /// Its version; the declared one where it is left open.
    positional version version optional
  }
  /// What is taken away.
  clause retire repeated {
    /// The service.
    positional service deployable or name
  }
  /// An environment on the way, in order.
  clause stage repeated required {
    /// The environment.
    positional environment environment
    /// What must hold before.
    field gates list(gate) default []
    /// What must be done before, item by item.
    field checklist checklist
    /// Who must agree before.
    field approval approval
    /// Who must agree on the emergency path. Without it there is none.
    field emergency approval
    /// How the new versions come in.
    field rollout rollout
    /// How long they are watched before the next stage.
    field bake duration
    /// The bake time must end inside the window too.
    field bake-in-window bool default false
    /// What must hold of the running system when the bake time is over. Without enough data it does not hold.
    clause validate {
      /// A condition that must hold, for each service that moved.
      clause require repeated required {
        /// The condition.
        positional condition condition
        /// The time over which it is measured.
        label over duration
      }
    }
  }
  /// The way back.
  clause rollback {
    /// Who must agree.
    field approval approval
    /// A condition that takes the way back as soon as it holds: it is looked at in every production stage, while a rollout is held
    /// and in the bake time.
    clause when repeated {
      /// The condition.
      positional condition condition
      /// The time over which it is measured.
      label over duration
    }
  }
  /// A guarantee that a target cannot keep, and that is given up knowingly.
  clause accept repeated {
    /// The guarantee.
    positional guarantee guarantee
    /// Why.
    positional reason text
    /// Only on this target.
    label on target
  }
}
