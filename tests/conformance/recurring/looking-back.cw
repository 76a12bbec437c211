use parcels.{ change-board, parcels }

/// What is looked at again.
retrospective afterwards {
  review-within = 5 d
  reviewed-by   = parcels
  access-review by change-board every 90 d
}

retention books { keep records for 400 d }
