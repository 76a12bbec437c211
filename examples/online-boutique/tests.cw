// What is expected of the shop's releases.

/// In the weeks before the end of the year the shop is not touched.
test "nothing is deployed at christmas" {
  at 2026-12-22T10:00
  timezone = "Europe/Berlin"
  expect closed production-eu
  expect closed production-us
}

test "the morning in Europe is the night in New York" {
  at 2026-11-03T10:00
  timezone = "Europe/Berlin"
  expect open   production-eu
  expect closed production-us
}

test "what is paid with is there before what pays" {
  expect order [paymentservice, checkoutservice] in production-eu
}
