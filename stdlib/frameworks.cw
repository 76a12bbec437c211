// The controls of the frameworks that releases are audited by, each with what shows it in a spec. A project puts them in force by
// extending them:
//
//     use std.frameworks.{ pci, sox }
//     policy compliance : sox, pci { }
//
// The sentences are this library's own: the text of a standard is with whoever publishes it. What only a run can show (that a change
// was approved before it was deployed, that a digest is the one that was tested) every emitted pipeline keeps and records; here stands
// what a spec must say for it.

/// Sarbanes-Oxley, general IT controls over changes.
policy sox {
  control "SOX-CM-1" "Every production change comes from a documented request that somebody authorised." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.approval)
      }
    }
  }
  control "SOX-CM-2" "Changes are tested before production, and the evidence belongs to what is deployed." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
        require all([for g in s.gates : has(g.evidence)])
      }
    }
  }
  control "SOX-CM-3" "The move to production is approved on its own, by somebody who may." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production and has(s.approval) {
        require length(s.approval.step) > 0
        require all([for step in s.approval.step : step.need >= 1])
      }
    }
  }
  control "SOX-CM-4" "Author, approver and deployer of a change are different people." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production and has(s.approval) {
        require not has(s.approval.separate) or contains(s.approval.separate.duties, author)
        require not has(s.approval.separate) or contains(s.approval.separate.duties, approver)
        require not has(s.approval.separate) or contains(s.approval.separate.duties, deployer)
      }
    }
  }
  control "SOX-CM-5" "An emergency has a way of its own, with an approval of its own." {
    severity = mandatory-unless-waived
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.emergency)
      }
    }
  }
  control "SOX-CM-6" "The list of production changes is complete, cannot be changed afterwards, and is kept for seven years." {
    keep records for 7 years
  }
  control "SOX-CM-7" "Every change can be taken back, and that is approved too." {
    every r in declared(release) where any([for s in r.stage : s.environment.tier == production]) {
      require has(r.rollback)
      require has(r.rollback.approval)
    }
  }
}

/// The HIPAA security rule, as far as it speaks of changes to systems that hold health data.
policy hipaa {
  control "164.312(b)" "What is done in systems with health data is recorded and can be examined." {
    every s in declared(service or infrastructure) where contains(s.data, health) {
      require has(s.owner)
      require has(s.deploy)
    }
  }
  control "164.308(a)(1)(ii)(D)" "Records of what was done are looked at: metrics of production are watched by somebody." {
    severity = mandatory-unless-waived
    every e in declared(environment) where e.tier == production {
      require has(e.monitoring)
    }
  }
  control "164.308(a)(8)" "A change is evaluated, by measurement and by people, before it reaches health data." {
    every r in declared(release) where any([for s in r.ship : contains(s.service.data, health)]) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
        require has(s.approval)
      }
    }
  }
  control "164.316(b)(2)(i)" "Documentation is kept for six years from when it was last in effect." {
    keep records  for 6 years
    keep evidence for 6 years
  }
  control "164.316(b)(2)(iii)" "What is written down is looked at again from time to time: somebody attests it, and that does not hold for ever." {
    severity = mandatory-unless-waived
    every r in declared(release) where any([for s in r.ship : contains(s.service.data, health)]) {
      every s in r.stage where s.environment.tier == production {
        require has(s.checklist)
        require any([for i in s.checklist.item : has(i.attested-by) and has(i.within)])
      }
    }
  }
}

/// The General Data Protection Regulation, as far as it speaks of changes to systems that hold personal data.
policy gdpr {
  control "Art. 25" "Whoever answers for personal data is known, and nothing that holds it changes without a second person." {
    every s in declared(service or infrastructure or vendor) where contains(s.data, personal) {
      require has(s.owner)
    }
    every r in declared(release) where any([for s in r.ship : contains(s.service.data, personal)]) {
      every s in r.stage where s.environment.tier == production {
        require has(s.approval)
      }
    }
  }
  control "Art. 25 (test data)" "Personal data is not taken out of production to test with." {
    severity = mandatory-unless-waived
    every d in declared(dataset) where contains(d.class, personal) {
      require d.source != production
    }
  }
  control "Art. 32(1)(b)" "What is reached with secrets is reached by few, and secrets are made anew." {
    every s in declared(secret) {
      require has(s.max-age)
    }
    every e in declared(environment) where e.tier == production {
      require has(e.credentials)
    }
  }
  control "Art. 32(1)(c)" "What was changed can be restored in time." {
    every r in declared(release) where any([for s in r.stage : s.environment.tier == production]) {
      require has(r.rollback)
    }
  }
  control "Art. 32(1)(d)" "The measures are tested regularly: the evidence of a gate has an age beyond which it does not count." {
    severity = mandatory-unless-waived
    every r in declared(release) where any([for s in r.ship : contains(s.service.data, personal)]) {
      every s in r.stage where s.environment.tier == production {
        require any([for g in s.gates : has(g.max-age)])
      }
    }
  }
  control "Art. 5(2)" "Whoever answers for personal data can show that all this was done: what was decided is recorded, and kept." {
    keep records for 12 months
  }
  control "Art. 5(1)(e)" "What names people is not kept for longer than it is needed; how long that is, is said." {
    severity = mandatory-unless-waived
    keep logs for 1 months at-most 13 months
  }
}

/// PCI DSS, requirement 6.5 over changes to what handles cards.
policy pci {
  control "6.5.1" "A change has a reason, is tested, is approved by somebody authorised, and can be taken back." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
        require has(s.approval)
        require has(r.rollback)
      }
    }
  }
  control "6.5.2" "After a change, what must hold is confirmed to hold: by smoke tests, or by watching for a time." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.bake) or has(s.validate)
      }
    }
  }
  control "6.5.3" "Production is separated from everything before it: no role in common." {
    every e in declared(environment) where e.tier == production {
      require has(e.credentials)
      require all([
        for other in declared(environment)
        if other.tier < production and has(other.credentials)
        : other.credentials.role != e.credentials.role
      ])
    }
  }
  control "6.5.4" "Who deploys to production has written nothing of what is deployed." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production and has(s.approval) {
        require not has(s.approval.separate) or contains(s.approval.separate.duties, author)
        require not has(s.approval.separate) or contains(s.approval.separate.duties, deployer)
      }
    }
  }
  control "6.5.5" "Cards of customers are in no environment before production." {
    every d in declared(dataset) where contains(d.class, payment) {
      require d.source != production or all([for e in d.environments : e.tier == production])
    }
  }
  control "6.5.6" "Test data and accounts of testers are gone before a system goes live: somebody attests it." {
    severity = mandatory-unless-waived
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.checklist)
        require any([for i in s.checklist.item : has(i.attested-by)])
      }
    }
  }
  control "10.5.1" "What was recorded is kept for a year." {
    keep records for 12 months
  }
}

/// SOC 2, common criteria 8.1 over changes.
policy soc2 {
  control "CC8.1" "Changes to software, data and infrastructure are authorised, tested, approved and then made." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
        require has(s.approval)
      }
    }
  }
  control "CC8.1 (ownership)" "Somebody answers for everything that is changed." {
    raise no-owner
  }
  control "CC8.1 (emergency)" "Emergency changes have a way of their own, which is approved too." {
    severity = mandatory-unless-waived
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.emergency)
      }
    }
  }
  control "CC8.1 (baseline)" "What production is meant to be like is written down, and differences are told." {
    severity = advisory
    every e in declared(environment) where e.tier == production {
      require length(e.parity) > 0
    }
  }
  control "CC7.2" "What runs in production is watched." {
    every e in declared(environment) where e.tier == production {
      require has(e.monitoring)
    }
  }
}

/// ISO/IEC 27001:2022, annex A over changes.
policy iso27001 {
  control "A.8.32" "A change is planned with what depends on it, authorised, tested, deployed by plan, and can be taken back." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
        require has(s.approval)
        require has(r.rollback)
      }
    }
    every s in declared(service) {
      require has(s.owner)
    }
  }
  control "A.8.31" "Development, test and production are apart, and a change passes one before the next." {
    every r in declared(release) where any([for s in r.stage : s.environment.tier == production]) {
      require any([for s in r.stage : s.environment.tier < production])
    }
  }
  control "A.8.9" "The way into production is the only one: the step that deploys has credentials of its own." {
    every e in declared(environment) where e.tier == production {
      require has(e.credentials)
    }
  }
  control "A.5.33" "Records are kept, and for how long is said." {
    keep records for 1 years
  }
}

/// NIST SP 800-53, revision 5: configuration management.
policy nist-800-53 {
  control "CM-3" "Changes are reviewed and approved, decisions are documented and kept, and a body oversees them." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.approval)
        require any([for step in s.approval.step : step.need >= 2]) or length(s.approval.step) >= 2
      }
    }
    keep records for 3 years
  }
  control "CM-3(2)" "Changes are tested and validated before they are made." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require length(s.gates) > 0
      }
    }
  }
  control "CM-4" "What a change does to security is looked at before it is made: a gate counts vulnerabilities." {
    severity = mandatory-unless-waived
    require vulnerabilities.count(severity = critical) == 0
  }
  control "CM-5" "Who may make changes is defined and enforced: credentials are short-lived and belong to the deploying step." {
    every e in declared(environment) where e.tier == production {
      require has(e.credentials)
      require e.credentials.ttl <= 1 h
    }
  }
  control "AU-10" "Who did what cannot be denied: what is deployed comes with a signed statement of how it was made." {
    severity = mandatory-unless-waived
    require attestations.signed >= 1
  }
  control "SI-7" "What is deployed is what was tested: it is built once, and known by its digest." {
    every s in declared(service) where has(s.build) {
      require has(s.build.output)
    }
  }
}

/// Supply-chain levels for software artifacts.
policy slsa {
  control "Build L1" "What is deployed was built by a process that is written down, and its provenance says how." {
    every s in declared(service) {
      require has(s.build) or has(s.repo)
    }
  }
  control "Build L2" "Builds run on a hosted platform that signs their provenance: they leave an artifact with a digest." {
    every s in declared(service) where has(s.build) {
      require has(s.build.output)
    }
  }
  control "Build L3" "What signs is out of reach of what is built: a gate asks for signed statements." {
    severity = mandatory-unless-waived
    require attestations.signed >= 1
  }
  control "Source" "Two people agree to every change." {
    every r in declared(release) {
      every s in r.stage where s.environment.tier == production {
        require has(s.approval)
        require not has(s.approval.separate) or contains(s.approval.separate.duties, author)
      }
    }
  }
}
