// What patients and doctors use.

use people.{ portal-team, records-team }

/// Where patients see their appointments and results.
service portal {
  owner   = portal-team
  version = 5.3.0
  data    = [health, personal]

  requires records.fhir       ^4.2
  requires appointments.http  ^2.0
  requires laboratory.results ^1 optional

  build { run = "make -C portal image"  output = image("ghcr.io/acme/portal") }
  test { run = "make -C portal test" }
  deploy with kubernetes("deployment/portal")

  smoke sign-in { run = "./smoke/sign-in" }
}

/// Keeps what doctors write.
service records {
  owner   = records-team
  version = 4.3.1
  data    = [health, personal]

  provides fhir 4.2.0 since 2026-03-01 stable-for 18 months
  provides fhir 4.1.0
  requires records-db ^16

  build { run = "make -C records image"  output = image("ghcr.io/acme/records") }
  test { run = "make -C records test" }
  deploy with kubernetes("deployment/records")
}

/// Who comes when.
service appointments {
  owner   = portal-team
  version = 2.1.0
  data    = [personal]

  provides http 2.1.0
  requires records.fhir ^4.1

  build { run = "make -C appointments image"  output = image("ghcr.io/acme/appointments") }
  deploy with kubernetes("deployment/appointments")
}

/// The database of the records, which goes one release up at a time and never down.
infrastructure records-db {
  owner   = records-team
  version = 16.4.0
  data    = [health, personal]

  no-downgrade
}

/// Sends the results of tests.
vendor laboratory {
  owner   = records-team
  version = 1.6.0
  status  = statuspage("https://status.laboratory.example/api/v2/summary.json")

  provides results 1.6.0
}
