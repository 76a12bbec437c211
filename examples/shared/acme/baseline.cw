// What the company demands of each of its projects, whatever that ships.

policy acme-baseline {
  control "ACME-1" "Somebody answers for whatever is shipped." {
    every r in declared(release) {
      every s in r.ship {
        require has(s.service.owner)
      }
    }
  }
  control "ACME-2" "Nothing reaches customers without a gate and somebody's consent." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) >= 1
        require has(s.approval)
      }
    }
  }
  control "ACME-3" "Credentials for production are gone within half an hour." {
    every e in declared(environment) where e.tier == production {
      require e.credentials.ttl <= 30 m
    }
  }
}
