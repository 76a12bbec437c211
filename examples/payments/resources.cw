// What deployments take of something that there is little of.

/// Only one schema may be migrated at a time.
resource migration-slots { capacity = 1 }
