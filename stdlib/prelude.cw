// The modules whose names every file sees without a `use`.

use std.metrics
use std.rollouts
