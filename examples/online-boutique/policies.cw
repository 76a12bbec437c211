// What must hold of the shop, whoever changes it.

use std.frameworks.soc2

/// The criteria that the shop is audited by, and its own rules.
policy house-rules : soc2 {
  control "SHOP-1" "Whatever takes money has somebody who answers for it, and is tested." {
    every s in declared(service) where contains(s.data, payment) {
      require has(s.owner)
      require has(s.test)
    }
  }
  control "SHOP-2" "Nothing goes to customers with a known vulnerability of weight." {
    require vulnerabilities.count(severity = high) == 0
  }
}
