// What is measured, and in which units. The first unit of a dimension is its base, in which amounts are carried on. No label of a
// clause may be spelt like a unit.

/// Elapsed time.
dimension duration {
  /// A second.
  unit s { factor = 1  also = [sec, second, seconds] }
  /// A millisecond.
  unit ms { factor = 0.001  also = [millisecond, milliseconds] }
  /// A minute.
  unit m { factor = 60  also = [min, minute, minutes] }
  /// An hour.
  unit h { factor = 3600  also = [hour, hours] }
  /// 24 hours.
  unit d { factor = 86400  also = [day, days] }
  /// 7 days of 24 hours.
  unit w { factor = 604800  also = [week, weeks] }
}

/// Time counted by a calendar: how long it is depends on when it starts.
dimension period separate {
  /// A day on which the window's calendar works.
  unit business-days { also = [business-day] }
  /// A calendar month.
  unit months { also = [month] }
  /// Three calendar months.
  unit quarters { also = [quarter] }
  /// A calendar year.
  unit years { also = [year] }
}

/// An amount of data.
dimension size {
  /// A byte.
  unit B { factor = 1  also = [byte, bytes] }
  /// 1,000 bytes.
  unit KB { factor = 1000  also = [kB] }
  /// 1,000 KB.
  unit MB { factor = 1000000 }
  /// 1,000 MB.
  unit GB { factor = 1000000000 }
  /// 1,000 GB.
  unit TB { factor = 1000000000000 }
  /// 1,024 bytes.
  unit KiB { factor = 1024 }
  /// 1,024 KiB.
  unit MiB { factor = 1048576 }
  /// 1,024 MiB.
  unit GiB { factor = 1073741824 }
}

/// How often something happens.
dimension rate {
  /// Requests a second.
  unit rps { factor = 60 }
  /// Requests a minute.
  unit rpm { factor = 1 }
}

/// An amount of data in a time.
dimension bandwidth {
  /// Bytes a second.
  unit "B/s" { factor = 1 }
  /// 1,000 bytes a second.
  unit "KB/s" { factor = 1000 }
  /// 1,000 KB a second.
  unit "MB/s" { factor = 1000000 }
  /// 1,000 MB a second.
  unit "GB/s" { factor = 1000000000 }
}

/// How far two versions are apart.
dimension version-distance separate {
  /// Minor releases within one major.
  unit minor
  /// Major releases.
  unit major
}
