// The language in which the vocabulary is written, described in itself. The compiler reads these few forms by hand before
// it knows any vocabulary; a test holds the two to the same words.

/// What a declaration or the block of a clause may contain.
kind contents abstract {
  /// A field: `name = value`.
  clause field repeated {
    /// Its name.
    positional name name
    /// What its value must be.
    positional type type
    /// What it is when it is not written.
    label default any
    /// The direction in which a change of it tightens what is demanded: a binding package's may be changed in no other.
    label tightens direction
    /// It must be written.
    flag required
  }
  /// A clause: `keyword value… label value…`.
  clause clause : contents repeated {
    /// The word it starts with.
    positional keyword name
    /// One more tightens what is demanded: `up`.
    label tightens direction
    /// It may stand several times in one block.
    flag repeated
    /// It must stand at least once.
    flag required
    /// A declaration that has its own drops those of the declaration it extends.
    flag replaces
    /// One that has the name of an inherited one adds to it, and does not take its place.
    flag adds
  }
  /// An operand that is known by its place, in front of all labels.
  clause positional repeated {
    /// What it is called in messages and in the typed model.
    positional name name
    /// What its value must be.
    positional type type
    /// The direction in which a change of it tightens what is demanded.
    label tightens direction
    /// It may be left out.
    flag optional
  }
  /// An operand that follows its own name: `over 5 m`.
  clause label repeated {
    /// The word before the value; between quotes where it is reserved in expressions.
    positional name name or text
    /// What its value must be.
    positional type type
    /// The direction in which a change of it tightens what is demanded.
    label tightens direction
    /// It must be written.
    flag required
    /// The clause speaks of each of its items in turn, and calls it by its first positional.
    flag binds
  }
  /// A word that is there or not.
  clause flag repeated {
    /// The word.
    positional name name
  }
}

/// A word that starts a declaration, and what may stand in its block. A kind that extends another has all of its fields
/// and clauses.
kind kind : contents library-only {
  /// Names of this kind are unique in the project, and visible in all its files without `use`.
  flag project-wide
  /// Only to be extended: it starts no declaration.
  flag abstract
  /// What follows `:` in a declaration is a type, not a declaration to extend.
  flag typed
  /// Only the library declares it.
  flag library-only
}

/// A closed set of words.
kind enum library-only {
  /// The words have an order, lowest first: they may be compared.
  flag ordered
  /// One of the words.
  clause value repeated required {
    /// The word.
    positional name name
  }
}

/// Something that is measured: the units of one dimension convert into each other.
kind dimension library-only {
  /// The units do not convert into each other: `1 major` is no number of `minor`.
  flag separate
  /// A unit of the dimension.
  clause unit repeated required {
    /// How it is written.
    positional name name or text
    /// How many it is of a unit that is common to the dimension: only how they compare counts.
    field factor number default 1
    /// Other spellings.
    field also list(name) default []
  }
}

/// What can be called in a value: `junit("reports/*.xml")`. Its parameters are those of the declaration, what follows `:` is
/// the type of its result.
kind function typed library-only {
  /// The compiler computes the result; otherwise the call itself is the value, and is carried into the plan.
  flag computed
  /// It reads the file that its first parameter names, which belongs to what is written: a package is pinned with what it reads.
  flag reads
  /// Of a report: what it can measure, by the words before the dots of metrics. Without it, whatever it is asked for.
  field measures list(name) default []
}
