// When people are at work.

/// The days on which somebody who knows the change is there on the day after it.
window _days { days = Mon..Thu  hours = 08:00..16:00  timezone = "UTC" }

/// Working hours where the customers of an environment are.
window working-hours(timezone: zone) : _days { timezone = timezone }
