// Who builds the platform, and who decides about it.

identity ana { github = "ana-acme"  email = "ana@acme.example" }
identity benoit { github = "benoit-acme"  email = "benoit@acme.example" }

/// Cards, banks and the books between them.
team payments { members = [ana, benoit, carla, deniz] }

/// Who may pay, and who is who.
team risk { members = [emre, fatima, georg] }

/// Clusters, networks and keys.
team platform { members = [hanna, ivo, jun] }

/// The change advisory board: operations, security, finance and the business.
role change-board { members = [kofi, lena, marek, nadia, oskar] }

role security-officer { members = [pia, quentin] }

role finance-controller { members = [rosa, samir] }

/// Carries the pager this week.
role on-call { members = [carla, georg, ivo] }

role head-of-payments { members = [tereza] }
