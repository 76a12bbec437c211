// Who must agree, and in which order.

use people.{ change-board, head-of-engineering, on-call }

/// The usual way: a colleague, then three of the board.
approval standard {
  step peer-review { from = owner  need = 1 }
  step board {
    from     = change-board
    need     = 3
    within   = 2 business-days
    escalate = head-of-engineering
  }
  separate author, approver, deployer
}

/// When customers are hurt already: quick, and never alone.
approval hotfix {
  step on-call { from = on-call              need = 1  within = 15 m }
  step head    { from = head-of-engineering  need = 1  within = 30 m }
  separate author, approver, deployer
}

/// Going back waits for nobody but whoever carries the pager.
approval rollback-fast {
  step on-call { from = on-call  need = 1  within = 10 m }
  separate approver, deployer
}
