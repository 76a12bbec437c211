team orders { members = [ana, ben] }

service carts {
  owner: orders
  version = 1.4.x
  repo = 'acme/carts',
  test { run = "echo ${{ secrets.KEY }}" }
}

gate tests {
  evidence = junit(reports/**/*.xml)
  require tests.failed == 0 && tests.errored == 0
}
