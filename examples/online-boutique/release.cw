// The shop as a whole, one version further. The change and who asks for it are said when it runs.

use approvals.{ hotfix, rollback-fast, standard }
use gates.before-customers
use rollouts.careful

release shop {
  class = normal

  ship frontend                 0.10.6
  ship adservice                0.10.6
  ship cartservice              0.10.6
  ship checkoutservice          0.10.6
  ship currencyservice          0.10.6
  ship emailservice             0.10.6
  ship loadgenerator            0.10.6
  ship paymentservice           0.10.6
  ship productcatalogservice    0.10.6
  ship recommendationservice    0.10.6
  ship shippingservice          0.10.6
  ship shoppingassistantservice 0.10.6

  stage staging { gates = before-customers }

  stage production-eu {
    gates     = before-customers
    approval  = standard
    emergency = hotfix
    rollout   = careful(max-errors = 0.5%)
    bake      = 2 h

    // Customers are there, and are served as before.
    validate {
      require http.request-rate >= 10 rps over 30 m
      require latency.p50       <= 120 ms over 30 m
    }
  }

  stage production-us {
    gates     = before-customers
    approval  = standard
    emergency = hotfix
    rollout   = careful()
    bake      = 1 h
  }

  rollback {
    approval = rollback-fast
    when http.error-rate > 5% over 5 m
  }
}
