team travel { members = [ana, ben] }

service seat {
  owner   = travel
  version = 1.0.0
  requires trip ^1
}

service trip {
  owner   = travel
  version = 1.0.0
  requires seat ^1
  requires station ^1
}

service station {
  owner   = travel
  version = 1.0.0
}
